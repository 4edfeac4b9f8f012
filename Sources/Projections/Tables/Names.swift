package import ByteCoding
package import EventLog

/// The defining event of each space, by name.
package enum Spaces: Projection {
    package static let name = "spaces"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.spaceDefined)

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .spaceDefined(let space) = try RecordBody(of: record) else { return .none }
        return .one(ScopedName(space: nil, space.name))
    }

    /// A space of the same name defined again takes the name over; the older one stays reachable through its codes.
    package static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}

/// The registration of each image, by space and id.
package enum Images: Projection {
    package static let name = "images"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.imageRegistered)
    package static let isInsertOnly = true

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        let id = try record.imageID()
        return .one(ScopedName(space: record.header.stream, id))
    }

    package static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}

/// The opening event of each profile, by space, user and profile name.
package enum Profiles: Projection {
    package static let name = "profiles"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.profileOpened)
    package static let isInsertOnly = true

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .profileOpened(let space, let user, let profile) = try RecordBody(of: record) else { return .none }
        return .one(ScopedName(space: space, user, profile))
    }

    package static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}

/// The opening event of each user's settings, by space and user.
package enum SettingsStreams: Projection {
    package static let name = "settings"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.settingsOpened)
    package static let isInsertOnly = true

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .settingsOpened(let space, let user) = try RecordBody(of: record) else { return .none }
        return .one(ScopedName(space: space, user))
    }

    package static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }
}

/// The space that serves each generator model; the store's default model stands under the empty name.
package enum Models: Projection {
    package static let name = "models"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds(.modelAssigned)

    package static func keys(of record: borrowing RecordView) throws(RecordError) -> ProjectionKeys<ScopedName> {
        guard case .modelAssigned(let model, let isDefault) = try RecordBody(of: record) else { return .none }
        let key = ScopedName(space: nil, model)
        return isDefault ? .two(key, defaultKey) : .one(key)
    }

    package static func apply(
        _ record: borrowing RecordView, at key: ScopedName, to row: Position?
    ) -> Position {
        record.position
    }

    /// Where the assignment of the default model stands.
    package static let defaultKey = ScopedName(space: nil, "")
}

/// The record of each event that has an id, by that id.
package enum EventIDs: Projection {
    package static let name = "eventids"
    package static let version: UInt16 = 1
    package static let kinds = RecordKinds.all
    package static let isInsertOnly = true
    /// As many rows as events, nearly all of which are asked for once, before they are there. A row that is lost lets one
    /// event be repeated, which `verify` finds.
    package static let isCounted = false

    package static func keys(of record: borrowing RecordView) -> ProjectionKeys<EventID> {
        if let eventID = record.header.eventID { .one(eventID) } else { .none }
    }

    package static func apply(_ record: borrowing RecordView, at key: EventID, to row: Position?) -> Position {
        record.position
    }
}

extension EventID: ProjectionKey {
    /// The sixteen bytes.
    package func encode(to writer: inout ByteWriter) {
        writer.write(high.bigEndian)
        writer.write(low.bigEndian)
    }

    /// Byte order.
    package static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}
