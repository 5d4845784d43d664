import { readFileSync } from 'node:fs'
import { Id, Instant, Label, Words } from 'redress'
import * as z from 'zod'

/** What a complaint may say beside its words, and what the stories say where it does not. */
const details = {
  wants: Words.default('that somebody puts it right, and tells me so'),
  feeling: Label.default('let down'),
  remedy: Words.default('a person goes through the file and writes with the result'),
  part: Label.default('files'),
  stage: Label.default('service'),
  cause: Words.default('the case went from desk to desk, and nobody read it whole'),
  change: Words.default('one person reads a file whole before anybody answers'),
  heard: Words.optional(),
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
  .transform((row) => ({
    id: row['Complaint ID'],
    received: `${row['Date received']}T09:00:00Z`,
    business: row.Company,
    customer: 'the customer',
    channel: `by ${row['Submitted via'].toLowerCase()}`,
    words: row['Consumer complaint narrative'],
    part: row.Product,
    stage: row.Issue,
  }))
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
  for (const [index, text] of readFileSync(file, 'utf8').split('\n').entries()) {
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
    row = JSON.parse(text)
  } catch {
    return 'not JSON'
  }
  const isCfpb = typeof row === 'object' && row !== null && 'Complaint ID' in row
  const { data, error } = (isCfpb ? Cfpb : Plain).safeParse(row)
  return data ?? error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ')
}
