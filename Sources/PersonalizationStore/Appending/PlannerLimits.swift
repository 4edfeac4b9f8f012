/// How much the writer keeps in memory; small in tests, so that every limit is met.
package struct PlannerLimits: Sendable {
    /// How many names of images, and of profiles, are known without asking the derived tables.
    package var nameCount: Int
    /// How many records at the beginning of a group are applied at once: for a few, coming back to them takes longer.
    package var promptRecordCount: Int
    /// How many records of a group may be applied to the derived tables later than they are planned. Who takes a snapshot
    /// right after the commit may have to apply so many first.
    package var deferredRecordCount: Int

    package init(nameCount: Int, promptRecordCount: Int, deferredRecordCount: Int) {
        self.nameCount = nameCount
        self.promptRecordCount = promptRecordCount
        self.deferredRecordCount = deferredRecordCount
    }

    /// Some tens of megabytes of names, and half a millisecond of records.
    package static let standard = PlannerLimits(nameCount: 1 << 17, promptRecordCount: 64, deferredRecordCount: 2048)
}
