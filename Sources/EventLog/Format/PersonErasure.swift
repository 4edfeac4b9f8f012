package import ByteCoding

/// That everything a person's records said is to be erased, by the positions of the records.
package struct PersonErasure: Hashable, Sendable {
    /// HMAC-SHA-256 of the user's name under the store secret: who has the secret and a name can tell that it was this one.
    package var person: SHA256Digest
    /// The opening events of the person's streams, in ascending order; with them go all later events of the streams.
    package var streams: [Position]
    /// Records of other streams whose private parts are the person's, in ascending order: images that the person made,
    /// imports of versions that are the person's, and labels of those.
    package var records: [Position]

    /// Describes an erasure.
    ///
    /// - Precondition: The positions are in ascending order, none twice.
    package init(person: SHA256Digest, streams: [Position], records: [Position]) {
        self.person = person
        self.streams = streams
        self.records = records
    }
}
