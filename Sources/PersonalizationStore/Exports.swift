// What the store's public API speaks of comes with it, so that embedding takes one import: positions, times, event ids and
// storage errors (EventLog, and LMDB for the errors of the file), codes (CodeRegistry), embeddings and tastes (TasteFold), digests (ByteCoding),
// what is wrong with a prompt (PromptLanguage), keys, checkpoints and proofs (TransparencyLog). Everything else in those
// modules is `package`: a re-export carries nothing that an embedder does not use.
@_exported public import ByteCoding
@_exported public import CodeRegistry
@_exported public import EventLog
@_exported public import LMDB
@_exported public import PromptLanguage
@_exported public import TasteFold
@_exported public import TransparencyLog
