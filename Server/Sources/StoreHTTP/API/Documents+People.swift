extension Documents {
    /// What is known of people, and what is done with it.
    static let ofPeople: [String: JSONValue] = [
        "Profile": object(
            [
                "space": string("The space."), "profile": string("The profile's name."),
                "reference": string("What a prompt can call it for ever: its newest code at the moment."),
                "board": flag("Whether it is a board: made of images alone."),
                "archived": flag("Whether it is put away."), "shared": flag("Whether its reference works for others."),
                "openedAt": time, "revision": whole("How many events it has."),
            ],
            [
                "label": string("What its owner calls it."),
                "code": string("The newest code; missing before the first."),
            ], about: "A profile, or a board, as its owner's list has it."),
        "ProfileChange": object(
            [
                "position": whole("Where the change is in the log."),
                "repeat": flag("Whether it held already, or was in the log already."), "profile": profile,
            ], about: "What a change of a profile came to."),
        "Board": object(
            ["board": profile, "images": list(string("An image."))],
            about: "A board and its images, in the order in which they were put there."),
        "UserReport": object(
            [
                "user": string("The user."), "profiles": list(profileReport), "settings": list(spaceSettings),
                "sharedReferences": list(string("A reference that works for others.")),
            ], about: "What is known of a user, but for the events themselves."),
        "ErasureReport": object(
            [
                "erasures": list(whole("The position of an event that had somebody erased.")),
                "records": whole("Records whose private part was replaced."),
                "privateBytes": whole("Bytes that were replaced."), "pages": whole("Free pages that were overwritten."),
                "partialPages": whole("Pages of which unused room was overwritten."),
                "readers": list(string("Who still reads an earlier state.")),
            ], ["finishedAt": time],
            about:
                "What erasing people did, of earlier erasures that were not finished too. Without 'finishedAt' old bytes are "
                + "in the file for as long as 'readers' read an earlier state; the server goes on then."),
    ]

    /// What a report and a download say of a profile.
    static let reportedProfile: [String: JSONValue] = [
        "profile": profile,
        "counts": object([
            "rankings": whole("Rankings."), "likes": whole("Likes; on a board, images put on it."),
            "unlikes": whole("Likes taken back; on a board, images taken off it."), "picks": whole("Picks."),
            "skips": whole("Skips."),
        ]),
        "codes": list(codeEntry),
    ]

    static let spaceSettings = object(["space": string("The space."), "settings": settings])

    private static let profileReport = object(reportedProfile, ["progress": progress])
}
