import Foundation

// Makes the sample that `make demo` shows: pictures with embeddings, and people with known tastes who rank them.
//
//   samplemaker FOLDER [SEED]
//
// writes images.jsonl, one events file for each act of the demonstration, and the pictures themselves as BMP files.

let arguments = CommandLine.arguments
guard (2...3).contains(arguments.count), let seed = arguments.count == 3 ? UInt64(arguments[2]) : 2024 else {
    FileHandle.standardError.write(Data("usage: samplemaker FOLDER [SEED]\n".utf8))
    exit(2)
}
let folder = URL(fileURLWithPath: arguments[1])
do {
    try Sample(seed: seed, pictureCount: 300).write(to: folder)
} catch {
    FileHandle.standardError.write(
        Data("samplemaker: \(error.localizedDescription); choose a folder to write to\n".utf8))
    exit(3)
}
