/** What went wrong, as a word that stays the same between releases. */
export type RedressErrorCode =
  | 'protocol-faulty'
  | 'protocol-unknown'
  | 'case-unknown'
  | 'case-unreadable'
  | 'input-invalid'
  | 'contended'
  | 'aborted'
  | 'overflowed'
  | 'desk-closed'
  | 'sqlite-missing'
  | 'store-newer'
  | 'store-older'
  | 'store-failed'
  | 'log-unreadable'

/**
 * The one error that this library throws on purpose. A refused command is never thrown: it is a value, see `Refusal`.
 *
 * `code` is stable; `stored` says whether the call changed anything, or that nobody knows: sent again under the same id it
 * will tell. `facts` carries ids and counts, never anybody's
 * words.
 */
export class RedressError extends Error {
  override readonly name = 'RedressError'
  readonly code: RedressErrorCode
  readonly stored: boolean | 'unknown'
  readonly facts: Readonly<Record<string, unknown>>

  constructor(
    code: RedressErrorCode,
    message: string,
    options: {
      readonly stored?: boolean | 'unknown'
      readonly facts?: Readonly<Record<string, unknown>>
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.stored = options.stored ?? false
    this.facts = options.facts ?? {}
  }
}
