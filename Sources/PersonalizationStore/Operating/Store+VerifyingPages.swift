internal import EventLog
internal import LMDB

extension Store {
    /// Accounts for every page of the data file: LMDB has no checksums, and writes over whatever page its list of free pages
    /// names.
    ///
    /// - Returns: False when the trees are so damaged that walking them may never end; nothing else is to be read then.
    func verifyPages(into report: inout VerificationReport) throws(StoreError) -> Bool {
        let pages = try StoreError.wrapDatabase { () throws(LMDBError) in try environment.checkPages() }
        report.findings += pages.faults
        if pages.lostPageCount > 0 {
            let numbers = pages.lostPages.map(String.init).joined(separator: ", ")
            report.doubts.append(
                "\(pages.lostPageCount) pages are neither in use nor free (\(numbers)\(pages.lostPageCount > 5 ? ", ..." : "")): "
                    + "perhaps the list of free pages is damaged, or the number of the last page; they only take room, and a "
                    + "store made from 'storectl export' has none of them")
        }
        if let (one, other) = pages.mapByteCounts.first.map({ ($0, pages.mapByteCounts[1]) }) {
            report.doubts.append(
                "the meta pages give the map \(one) and \(other) bytes: either the store was enlarged and has had one commit "
                    + "since, or a size is damaged, which 'storectl grow' mends")
        }
        return !pages.sharesPages
    }
}
