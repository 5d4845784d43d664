import { Webhook } from 'standardwebhooks'
import { RedressError } from '../errors.ts'

const MIN_BYTES = 24
const MAX_BYTES = 64

/**
 * The keys of an endpoint as Standard Webhooks writes them, `whsec_` and 24 to 64 random bytes in base64, ready to sign
 * and verify. Throws `input-invalid` where one is not, without saying what it was.
 */
export function readSecrets(secrets: readonly string[]): readonly Webhook[] {
  if (!Array.isArray(secrets) || secrets.length === 0 || !secrets.every(isSecret)) {
    throw new RedressError(
      'input-invalid',
      `Secrets are a list of one or more, each “whsec_” with ${MIN_BYTES} to ${MAX_BYTES} random bytes in base64.`,
    )
  }
  return secrets.map((secret) => new Webhook(secret))
}

function isSecret(secret: unknown): boolean {
  const [, base64] = typeof secret === 'string' ? (/^whsec_([A-Za-z\d+/]+={0,2})$/.exec(secret) ?? []) : []
  if (base64 === undefined || base64.length % 4 !== 0) return false
  const bytes = (base64.length / 4) * 3 - (/=*$/.exec(base64)?.[0].length ?? 0)
  return bytes >= MIN_BYTES && bytes <= MAX_BYTES
}
