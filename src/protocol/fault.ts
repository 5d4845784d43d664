import * as z from 'zod'
import { commonCommands, deskCommands, explain } from './common.ts'
import { commonRules, inOrder } from './common-rules.ts'
import { inquiryRules } from './inquiry.ts'
import { own } from './ownership.ts'
import { phases } from './place.ts'
import type { ProtocolDefinition } from './protocol.ts'
import { allQuestions } from './question.ts'
import type { Rule } from './rule.ts'
import type { Step } from './step.ts'

const Shape = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,99}$/, 'must be lower case letters, digits and dashes'),
  version: z.int().min(1),
  source: z.string().min(1),
  person: z.array(z.unknown()),
  problem: z.array(z.unknown()),
  system: z.array(z.unknown()),
  rules: z
    .array(
      z.object({
        id: z.string().min(1),
        because: z.string().min(1),
        source: z.string().min(1),
        on: z.union([z.string(), z.array(z.string()).min(1)], 'must say which commands it judges'),
        holds: z.custom((one) => typeof one === 'function', 'must be a function'),
      }),
    )
    .optional(),
  without: z.array(z.string()).optional(),
  requires: z.array(z.enum(allQuestions)).optional(),
  texts: z.partialRecord(z.enum(allQuestions), z.string().min(1)).optional(),
  hopLimit: z.int().min(0).optional(),
})

const stampFields = ['type', 'by', 'at']
const stepName = /^[a-z][A-Za-z0-9-]{0,99}$/
const reservedNames = new Set<string>([
  own.name,
  'open',
  // Settled steps are kept by their names: what every object has would count as settled.
  ...Object.getOwnPropertyNames(Object.prototype),
  ...[...commonCommands, ...deskCommands].map((one) => one.name),
])

/** Everything that is wrong with a protocol's definition, a sentence a fault; none when it is sound. */
export function faultsOf(definition: ProtocolDefinition): readonly string[] {
  const shape = Shape.safeParse(definition)
  if (!shape.success) {
    return shape.error.issues.map((issue) => `${issue.path.join('.') || 'the definition'}: ${issue.message}`)
  }
  const steps = phases.flatMap((phase) => definition[phase] as readonly Step[])
  return [
    ...phases.filter((phase) => definition[phase].length === 0).map((phase) => `the ${phase} phase is empty`),
    ...repeated(steps.map((step) => step?.name)).map((name) => `the step “${name}” is there twice`),
    ...phases.flatMap((phase) =>
      definition[phase].flatMap((step, index, row) => faultsOfStep(step, phase, row.slice(0, index))),
    ),
    ...faultsOfRules(definition, steps),
  ]
}

function faultsOfStep(step: Step, phase: string, earlier: readonly Step[]): readonly string[] {
  if (typeof step !== 'object' || step === null || typeof step.name !== 'string') {
    return [`the ${phase} phase holds something that is no step`]
  }
  const faults: string[] = []
  const name = `the step “${step.name}”`
  if (!stepName.test(step.name)) faults.push(`${name} needs a name of letters, digits and dashes`)
  if (reservedNames.has(step.name) && !(step.name === explain.name && step.evidence === explain.evidence))
    faults.push(`${name} has the name of a command that every protocol has`)
  if (step.phase !== phase) faults.push(`${name} belongs to the ${step.phase} phase, not to ${phase}`)
  if (!(step.leads ?? []).includes('on')) faults.push(`${name} has no way on, so that no case could end`)
  for (const lead of step.leads ?? []) {
    if (!['stays', 'on', 'back', 'anew'].includes(lead)) faults.push(`${name} leads past the phases, by “${lead}”`)
  }
  if (step.leads?.includes('back') && !earlier.some((other) => other.name === step.backTo)) {
    faults.push(`${name} leads back to “${step.backTo}”, which is no earlier step of its phase`)
  }
  return [...faults, ...faultsOfEvidence(step).map((fault) => `${name} ${fault}`)]
}

function faultsOfEvidence({ evidence }: Step): readonly string[] {
  if (!(evidence instanceof z.ZodObject)) return ['needs a z.object as its evidence']
  const stamped = Object.keys(evidence.shape).filter((field) => stampFields.includes(field))
  if (stamped.length > 0) return [`has evidence fields that every command has: ${stamped.join(', ')}`]
  try {
    z.toJSONSchema(evidence, { io: 'output' })
    return []
  } catch (cause) {
    return [`has evidence that can’t be stored as JSON: ${(cause as Error).message}`]
  }
}

function faultsOfRules(definition: ProtocolDefinition, steps: readonly Step[]): readonly string[] {
  const rules = definition.rules ?? []
  const known = new Set(
    [...commonRules, ...rules, ...steps.flatMap((step) => step?.rules ?? [])].map((one: Rule) => one.id),
  )
  return [
    ...unasked(definition),
    ...(definition.without ?? [])
      .filter((id) => !known.has(id))
      .map((id) => `it does without “${id}”, which is no rule of it`),
    ...([...rules.map((one) => one.id), ...(definition.without ?? [])].includes(inOrder.id)
      ? [`“${inOrder.id}” can be neither replaced nor switched off`]
      : []),
  ]
}

/** A question that is required while no rule asks for it would be required of nobody. */
function unasked({ requires = [], rules = [], without = [] }: ProtocolDefinition): readonly string[] {
  const asked = rules.map((one) => one.id).filter((id) => !without.includes(id))
  return [...new Set(inquiryRules.map((one) => one.id))]
    .filter((id) => !asked.includes(id) && requires.some((question) => id.startsWith(`${question.split('-')[0]}-`)))
    .map((id) => `it requires questions for which it has no rule “${id}”`)
}

const repeated = (names: readonly string[]): readonly string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]
