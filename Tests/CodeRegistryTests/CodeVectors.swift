// Written by Tests/Generators/generate_code_vectors.py; do not edit.

enum CodeVectors {
    static let codes: [(digest: String, symbolCount: Int, code: String)] = [
        ("0000000000000000000000000000000000000000000000000000000000000000", 12, "0000000000000"),
        ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 12, "zzzzzzzzzzzzr"),
        ("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 12, "000g40r40m30f"),
        ("8000000000000000000000000000000000000000000000000000000000000000", 12, "g00000000000v"),
        ("0000000000000010000000000000000000000000000000000000000000000000", 12, "0000000000012"),
        ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 12, "werc8gmrzge1r"),
        ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 12, "q9w1dfwf077yt"),
        ("ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", 12, "sabr24pa3eywe"),
        ("fc0e1b7a7a0857c97097684ac3c40af0f06987bbd6ff71206c9feb3b520507a2", 12, "zg71pykt11bwc"),
        ("3e37f38a9cbb6ec5fbcea6f0d38d46571a422aae0d1dcd2baea0e2bb6cfbd132", 12, "7rvz72mwqdqcb"),
        ("b19f8edae2ee6c225b7278b289c2823ab9accfa225c5d67c4bef270b88ea55f0", 12, "p6frxpq2xsp2g"),
        ("f4761aa023c3639dc371a2336ee3514ab6236bad28c5a0ebf2e52fb6e42030d1", 12, "yhv1n813rdhsh"),
        ("791cad8c3a8ee2f0869c575e275eee347ad1a9bbfd6c6b00c7acaa0d52ed7e52", 12, "f4eav31thvhfx"),
        ("462e2b42d601090e017fe8b3fded6d672f20b52749c9c5f7b6dbaf21b0dda789", 12, "8rq2pgpp044gq"),
        ("49ea201768e55fda556232e440e14bf9aa1cda1946c833563f99151fa2fb0318", 12, "97n205v8wnfxd"),
        ("380704475fd17b94ee2242ca2762e35dc73883d1b308761c78daf36834f09943", 12, "703g8htzt5xsz"),
        ("67ca6f1c53ed4a5711d54471e00d3520463f3cb188335e7252434c44a24aa5a1", 12, "cz56y72kxn55r"),
        ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 13, "q9w1dfwf077ymw"),
        ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 14, "q9w1dfwf077ymgr"),
        ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 23, "q9w1dfwf077ymga183f5vbhb"),
        ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 24, "q9w1dfwf077ymga183f5vbh2j"),
        ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 25, "q9w1dfwf077ymga183f5vbh249"),
        ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 29, "q9w1dfwf077ymga183f5vbh24er06d"),
        ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 30, "q9w1dfwf077ymga183f5vbh24er06rf"),
    ]

    /// Of the secret 00 01 … 1f.
    static let profiles: [(user: String, space: String, profile: String, digest: String)] = [
        ("ann", "v6", "default", "a2b37d1ca09fbc2daaf2251c6768b254e8f04c59e8587d5557ce23cf351aac90"),
        ("an", "nv6", "default", "91d05d9aff3a73216938e39a9136946d7c72f30036ef8d96f88147db3fd2addf"),
        ("", "", "", "0ca2f16c1cf80bca0cf939061ac4a96ca7f71c2a777b2d6e82ef5be030e82e99"),
        ("Žofie 🦊", "niji6", "večer", "4864d922fab5f991c195f6c1400065ed1f2c006db2e98e11e048adc096a865b6"),
    ]

    /// Of the same secret.
    static let references: [(user: String, space: String, profile: String, digest: String, reference: String)] = [
        ("ann", "v6", "default", "a2b37d1ca09fbc2daaf2251c6768b254e8f04c59e8587d5557ce23cf351aac90", "ux667r0rztkd8z"),
        ("an", "nv6", "default", "91d05d9aff3a73216938e39a9136946d7c72f30036ef8d96f88147db3fd2addf", "u5e9cvk092n8vt"),
        ("", "", "", "0ca2f16c1cf80bca0cf939061ac4a96ca7f71c2a777b2d6e82ef5be030e82e99", "u0t2gseg6xnec5"),
        (
            "Žofie 🦊", "niji6", "večer", "4864d922fab5f991c195f6c1400065ed1f2c006db2e98e11e048adc096a865b6",
            "uhmaz5wsw60ak0"
        ),
        ("ann", "v6", "evenings", "2868ca8d335ce9189eaab782057853bef47f42f2493eccf3d6dc901c5633507f", "uj03eqewtr457t"),
        (
            "ann", "niji6", "default", "019619b6d2d7df850fb41d2dab66cc370efdd75d5e32f6ad241f3a15993891e8",
            "uw6aztp6v3scpk"
        ),
        ("ben", "v6", "default", "6076e08aae58ceddd0ee77180a0b6409f391c0f437a90af56de6932f6f4a412a", "u3def7da23z63p"),
        ("ben", "v6", "Ben's", "9ea1c2d02249d073e0febc6cc3738236dacf34f01d771a437b8ea613f5812936", "u7x3cz9981bsdd"),
    ]

    /// Of the first profile above, 5 rankings and 2 likes.
    static let payload = """
        444c31003f49dbbfe051cb20cc038923424fedf8d18307cc805e1520e4168e9360e2eb3803000700000000080000db02\
        0040ffff0000
        """
    static let version = """
        7073746f72652e76657273696f6e000001000000a2b37d1ca09fbc2daaf2251c6768b254e8f04c59e8587d5557ce23cf\
        351aac900500000002000000444c31003f49dbbfe051cb20cc038923424fedf8d18307cc805e1520e4168e9360e2eb38\
        03000700000000080000db020040ffff0000
        """
    static let versionHash = """
        a9c93c0c454d1f4cf62bfd6327523cb90fb9f433765dfab0467be54f0103dd9e
        """
    static let bundle = """
        505342554e444c4501000e007761726d2066696c6d206c6f6f6b720000007073746f72652e76657273696f6e00000100\
        0000a2b37d1ca09fbc2daaf2251c6768b254e8f04c59e8587d5557ce23cf351aac900500000002000000444c31003f49\
        dbbfe051cb20cc038923424fedf8d18307cc805e1520e4168e9360e2eb3803000700000000080000db020040ffff0000\
        b72ddd4556eb4fdeefe68b81a6e2aee863f698635efb215b82c81e2418d31fab
        """
    static let versionCode = "n74kr3259mfmg"
}
