public import ByteCoding
public import EventLog

/// The defining event of each space, by name.
public enum Spaces: Projection {
    public static let name = "spaces"
    public static let version: UInt16 = 1
    public static let kinds = RecordKinds(.spaceDefined)

    public static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .spaceDefined(let space) = try RecordBody(of: record) else { return .none }
        return .one(ScopedName(space: nil, space.name))
    }

    /// A space of the same name defined again takes the name over; the older one stays reachable through its codes.
    public static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}

/// The registration of each image, by space and id.
public enum Images: Projection {
    public static let name = "images"
    public static let version: UInt16 = 1
    public static let kinds = RecordKinds(.imageRegistered)
    public static let makesEachRowOnce = true

    public static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        let id = try record.imageID()
        return .one(ScopedName(space: record.header.stream, id))
    }

    public static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}

/// The opening event of each profile, by space, user and profile name.
public enum Profiles: Projection {
    public static let name = "profiles"
    public static let version: UInt16 = 1
    public static let kinds = RecordKinds(.profileOpened)
    public static let makesEachRowOnce = true

    public static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .profileOpened(let space, let user, let profile) = try RecordBody(of: record) else { return .none }
        return .one(ScopedName(space: space, user, profile))
    }

    public static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}

/// The opening event of each user's settings, by space and user.
public enum SettingsStreams: Projection {
    public static let name = "settings"
    public static let version: UInt16 = 1
    public static let kinds = RecordKinds(.settingsOpened)
    public static let makesEachRowOnce = true

    public static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .settingsOpened(let space, let user) = try RecordBody(of: record) else { return .none }
        return .one(ScopedName(space: space, user))
    }

    public static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}

/// The space that serves each generator model; the store's default model stands under the empty name.
public enum Models: Projection {
    public static let name = "models"
    public static let version: UInt16 = 1
    public static let kinds = RecordKinds(.modelAssigned)

    public static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .modelAssigned(let model, let isDefault) = try RecordBody(of: record) else { return .none }
        let key = ScopedName(space: nil, model)
        return isDefault ? .two(key, defaultKey) : .one(key)
    }

    public static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }

    /// Where the assignment of the default model stands.
    public static let defaultKey = ScopedName(space: nil, "")
}

/// The record of each event that has an id, by that id.
public enum EventIDs: Projection {
    public static let name = "eventids"
    public static let version: UInt16 = 1
    public static let kinds = RecordKinds.all
    public static let makesEachRowOnce = true

    public static func keys(of record: borrowing RecordView) -> ProjectionKeys<EventID> {
        if let eventID = record.header.eventID { .one(eventID) } else { .none }
    }

    public static func apply(_ record: borrowing RecordView, at key: EventID, to row: Position?) -> Position {
        record.position
    }
}

extension EventID: ProjectionKey {
    /// The sixteen bytes.
    public func encode(to writer: inout ByteWriter) {
        writer.write(high.bigEndian)
        writer.write(low.bigEndian)
    }

    /// Byte order.
    public static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
