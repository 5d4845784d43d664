import { readFileSync } from 'node:fs'
import { Id, Instant, Label, Words } from 'redress'
import * as z from 'zod'

/** What a complaint may say beside its words, and what the stories say where it does not. */
const details = {
  wants: Words.default('that somebody puts it right, and tells me so'),
  feeling: Label.default('let down'),
  blurt: Words.default('a voucher for the trouble'),
  remedy: Words.default('a person goes through the file and writes with the result'),
  secondRemedy: Words.default('the same, checked by two, and a call when it is done'),
  part: Label.default('files'),
  stage: Label.default('service'),
  cause: Words.default('the case went from desk to desk, and nobody read it whole'),
  change: Words.default('one person reads a file whole before anybody answers'),
  secondChange: Words.default('the same, written down where the work is done, and somebody looks every Friday'),
  surprise: Words.default('a card, written by hand, and a coffee on us'),
  bystander: Id.default('those who waited behind'),
  praise: Words.default('The one who took my call was kind.'),
  keepDoing: Words.default('whoever takes a call takes their time'),
  heard: Words.default('You asked us more than once, and nobody took it in hand.'),
  correction: Words.default('That is a part of it. What I mind is that nobody answered me.'),
  explanation: Words.default('Our system does that by itself; we could not have known.'),
}

const Plain = z.object({
  id: Id,
  received: Instant,
  business: Label,
  customer: Label,
  channel: Label,
  words: Words,
  ...details,
})

/** A complaint as the stories need it. */
export type Complaint = z.infer<typeof Plain>

/** A row of the US Consumer Financial Protection Bureau's public complaint database, under its own column names. */
const Cfpb = z
  .object({
    'Complaint ID': Id,
    'Date received': z.iso.date(),
    Product: Label,
    Issue: Label,
    'Consumer complaint narrative': Words,
    Company: Label,
    'Submitted via': Label,
  })
  .transform(
    (row): z.input<typeof Plain> => ({
      id: row['Complaint ID'],
      received: `${row['Date received']}T09:00:00Z`,
      business: row.Company,
      customer: 'the customer',
      channel: `by ${row['Submitted via'].toLowerCase()}`,
      words: row['Consumer complaint narrative'],
      part: row.Product,
      stage: row.Issue,
    }),
  )
  .pipe(Plain)

/** A line that holds no complaint, and why. What it says is not repeated: it may be personal. */
export interface SkippedLine {
  readonly line: number
  readonly why: string
}

/** Reads a file of complaints, one JSON object a line; empty lines are nothing. Throws what reading a file throws. */
export function readComplaints(file: string): { complaints: readonly Complaint[]; skipped: readonly SkippedLine[] } {
  const complaints = new Map<string, Complaint>()
  const skipped: SkippedLine[] = []
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .split('\n')
  for (const [index, text] of lines.entries()) {
    if (text.trim() === '') continue
    const read = readLine(text)
    if (typeof read === 'string') skipped.push({ line: index + 1, why: read })
    else if (complaints.has(read.id)) skipped.push({ line: index + 1, why: 'its id is there already' })
    else complaints.set(read.id, read)
  }
  return { complaints: [...complaints.values()], skipped }
}

function readLine(text: string): Complaint | string {
  let row: unknown
  try {
    row = JSON.parse(text, storable)
  } catch {
    return 'not JSON'
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'not a JSON object'
  const read = ('Complaint ID' in row ? Cfpb : Plain).safeParse(row, { error: whereMissing })
  if (read.success) return read.data
  return read.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')
}

// A desk refuses what a database could not give back as it was: NUL characters, and halves of characters.
const storable = (_: string, value: unknown) =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', ' ') : value

const whereMissing: z.core.$ZodErrorMap = ({ input }) => (input === undefined ? 'missing' : undefined)
