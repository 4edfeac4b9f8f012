// What the store's public API speaks of comes with it, so that embedding takes one import: positions, times and storage
// errors (EventLog), embeddings and tastes (TasteFold), digests (ByteCoding), what is wrong with a prompt
// (PromptLanguage), keys, checkpoints and proofs (TransparencyLog).
@_exported public import ByteCoding
@_exported public import EventLog
@_exported public import PromptLanguage
@_exported public import TasteFold
@_exported public import TransparencyLog
