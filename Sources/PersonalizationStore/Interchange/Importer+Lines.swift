internal import CodeRegistry
internal import EventLog
internal import TasteFold

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Lines that are no plain events. Each appends in one request, all of it or nothing: a line that is refused leaves
/// nothing.
extension Importer {
    mutating func perform(_ line: InterchangeLine) async throws(InterchangeFault) {
        let time = options.trustsTimes ? try line.trustedTime() : nil
        switch line.kind {
        case "space": try await define(line, time)
        case "model": try await assignModel(line, time)
        case "profile", "settingsOpened": break  // The first event of the stream opens it.
        // Who was erased there is not in the lines, so nobody has to be erased here.
        case "personErased", "erased": break
        case "erasureScheduled", "erasureCancelled": try await schedule(line, time)
        case "minted", "recalled":
            try await store.mint(
                try line.need(line.hash, "hash"), of: try line.profileName(options.defaultSpace), code: line.code,
                at: time)
            try noteHead(line)
            report.mintCount += 1
        case "houseMinted": try await mintHouse(line, time)
        case "importedVersion": try await importVersion(line, time)
        case "importedLabel": count(try await labelImport(line, time))
        case "takeDown", "putBack": count(try await takeDown(line, time))
        case "alias", "unalias":
            let receipt = try await line.changeAlias(in: store, defaultSpace: options.defaultSpace, at: time)
            if let receipt { count(receipt) }
        default:
            let receipt = try await own(line, try line.parsedEventID(), time)
            if let source = line.position { positions.add(source, receipt.position.number) }
            count(receipt)
        }
    }

    private mutating func count(_ receipt: Receipt) {
        if receipt.isRepeat { report.repeatCount += 1 } else { report.eventCount += 1 }
    }

    private mutating func schedule(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        let user = try line.need(line.user, "user")
        let due = line.kind == "erasureScheduled" ? try line.dueTime() : nil
        do throws(StoreError) {
            count(try await store.submit(.scheduleErasure(user: user, due: due), at: time)[0])
        } catch {
            throw .refused(error)
        }
    }

    private func define(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        let definition = try line.spaceDefinition()
        do throws(StoreError) {
            _ = try await store.submit(.space(definition, models: [], defaultModel: nil), at: time)
        } catch {
            throw .refused(error)
        }
    }

    private func assignModel(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        let model = try line.need(line.model, "model")
        let space = try line.need(line.space, "space")
        do throws(StoreError) {
            try await store.assignModel(model, to: space, isDefault: line.isDefault ?? false, at: time)
        } catch {
            throw .refused(error)
        }
    }

    private mutating func importVersion(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        guard let bytes = Data(base64Encoded: try line.need(line.bytes, "bytes")) else {
            throw .invalidValue("bytes", "it is not base64; export the version again")
        }
        do throws(StoreError) { try await store.importVersion([UInt8](bytes), at: time) } catch {
            throw .refused(error)
        }
        report.eventCount += 1
    }

    private func labelImport(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) -> Receipt {
        let code = try line.need(line.code, "code")
        do throws(StoreError) {
            return try await store.labelImport(Code(named: code), line.label ?? "", at: time)
        } catch {
            throw .refused(error)
        }
    }

    private func takeDown(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) -> Receipt {
        let code = try line.need(line.code, "code")
        do throws(StoreError) {
            return try await store.operate(Code(named: code), isTakenDown: line.kind == "takeDown", at: time)
        } catch {
            throw .refused(error)
        }
    }

    private func own(
        _ line: InterchangeLine, _ eventID: EventID?, _ time: Timestamp?
    ) async throws(InterchangeFault) -> Receipt {
        if line.kind == "housePinned" { return try await pinHouse(line, time) }
        if line.kind == "settings" { return try await setSettings(line, eventID, time) }
        let profile = try line.profileName(options.defaultSpace)
        if line.kind == "profileChange" { return try await setProfile(line, profile, eventID, time) }
        do throws(StoreError) {
            switch line.kind {
            case "adopt":
                let source = ProfileName(
                    user: profile.user, space: line.fromSpace ?? "",
                    profile: line.fromProfile ?? ProfileName.defaultProfile)
                return try await store.adopt(source, into: profile, eventID: eventID, at: time)
            case "reset": return try await store.own(profile, .reset, eventID: eventID, at: time)
            default: break
            }
            let action: StoreRequest.OwnerAction
            if line.kind == "retract" {
                guard let event = line.event, let position = positions[event] else {
                    throw .fault(.unknownEvent(line.event ?? 0))
                }
                action = .retract(Position(position))
            } else {
                let mint = try store.ownedMint(Code(named: line.code ?? ""), of: profile)
                switch line.kind {
                case "label": action = .label(mint: mint, line.label ?? "")
                case "revoke": action = .revoke(mint: mint)
                case "restore": action = .restore(mint: mint)
                default: action = .revert(mint: mint)
                }
            }
            return try await store.own(profile, action, eventID: eventID, at: time)
        } catch {
            throw .refused(error)
        }
    }

    private func setProfile(
        _ line: InterchangeLine, _ profile: ProfileName, _ eventID: EventID?, _ time: Timestamp?
    ) async throws(InterchangeFault) -> Receipt {
        do throws(StoreError) {
            return try await store.change(
                profile,
                .set(
                    isBoard: line.board ?? false, isArchived: line.archived ?? false, isShared: line.shared ?? false,
                    label: line.label ?? ""), eventID: eventID, at: time)
        } catch {
            throw .refused(error)
        }
    }

    private func pinHouse(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) -> Receipt {
        let space = try line.need(line.space ?? options.defaultSpace, "space")
        do throws(StoreError) {
            let code = try line.code.map { (text) throws(StoreError) in try Code(named: text) }
            return try await store.pinHouse(code, of: space, threshold: line.threshold, at: time)
        } catch {
            throw .refused(error)
        }
    }

    /// Notes where a line that was just done went: to the log's head.
    private mutating func noteHead(_ line: InterchangeLine) throws(InterchangeFault) {
        let head: LogHead?
        do throws(StoreError) { head = try store.head() } catch { throw .refused(error) }
        if let source = line.position, let head { positions.add(source, head.position.number) }
    }

    private mutating func mintHouse(_ line: InterchangeLine, _ time: Timestamp?) async throws(InterchangeFault) {
        let space = try line.need(line.space ?? options.defaultSpace, "space")
        let hash = try line.need(line.hash, "hash")
        let asOf = positions.last(upTo: try line.need(line.asOf, "asOf")).map { Position($0) }
        var stored: (bytes: [UInt8], contributorCount: UInt32)?
        if let text = line.bytes {
            guard let bytes = Data(base64Encoded: text) else {
                throw .invalidValue("bytes", "it is not base64; export the house again")
            }
            stored = ([UInt8](bytes), line.contributors ?? 0)
        }
        let other: Code?
        do throws(StoreError) {
            other = try await store.mintHouse(of: space, asOf: asOf, hash: hash, stored: stored, at: time)
        } catch {
            throw .refused(error)
        }
        if let other { throw .versionDiffers(expected: line.code ?? hash, found: other.description) }
        try noteHead(line)
        report.mintCount += 1
    }

    private func setSettings(
        _ line: InterchangeLine, _ eventID: EventID?, _ time: Timestamp?
    ) async throws(InterchangeFault) -> Receipt {
        let profile = try line.profileName(options.defaultSpace)
        let profiles =
            line.profiles.map { $0.map { WeightedProfile(profile: $0.profile, weight: $0.weight) } }
            ?? [WeightedProfile(profile: profile.profile)]
        do throws(StoreError) {
            let settings = Settings(
                personalizesAlways: line.always ?? false, refusesHouse: line.ownChoicesOnly ?? false,
                profiles: profiles,
                pinned: try (line.pinned ?? []).map { (entry) throws(StoreError) in
                    WeightedCode(try Code(named: entry.code), weight: entry.weight)
                })
            return try await store.setSettings(
                of: profile.user, in: profile.space, to: settings, eventID: eventID, at: time)
        } catch {
            throw .refused(error)
        }
    }
}
