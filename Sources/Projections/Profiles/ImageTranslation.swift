package import EventLog

/// The image of a profile's space that has the id of an image of another space; nil when there is none.
///
/// What a profile has adopted speaks of another space's images.
package typealias ImageTranslation = (Position) throws(StorageError) -> Position?
