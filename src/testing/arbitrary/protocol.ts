import fc from 'fast-check'
import * as z from 'zod'
import { protocols } from '../../protocol/catalogue.ts'
import type { StepPhase } from '../../protocol/place.ts'
import type { Protocol } from '../../protocol/protocol.ts'
import { defineProtocol } from '../../protocol/protocol.ts'
import { allRules, pocockRules } from '../../protocol/rules.ts'
import type { Step, Steps } from '../../protocol/step.ts'
import { step } from '../../protocol/step.ts'
import { apologize, empathize, listen, reflect } from '../../protocol/steps/person.ts'
import { agree, confirm, deliver, thank } from '../../protocol/steps/problem.ts'
import { improve, investigate, share, verify } from '../../protocol/steps/system.ts'

const own = <In extends StepPhase>(phase: In, name: string) =>
  step({ name, phase, summary: name, evidence: z.object({ note: z.string().optional() }) })

const some = <In extends StepPhase>(steps: readonly Step<string, z.ZodObject, In>[]): fc.Arbitrary<Steps<In>> =>
  fc.shuffledSubarray([...steps], { minLength: 1 }).map((chosen) => {
    const names = chosen.map((one) => one.name)
    // A step that leads back needs the one it leads back to before it.
    const sound = chosen.filter(
      (one) => one.backTo === undefined || names.indexOf(one.backTo) < names.indexOf(one.name),
    )
    const whole = sound.filter((one) => one.backTo === undefined || sound.some((other) => other.name === one.backTo))
    return (whole.length > 0 ? whole : steps.slice(0, 1)) as unknown as Steps<In>
  })

/** A protocol that somebody might define: any steps of a phase in any order, some of their own, with rules or without. */
export const definedProtocol: fc.Arbitrary<Protocol> = fc
  .record({
    id: fc.constantFrom('ours', 'theirs'),
    version: fc.integer({ min: 1, max: 9 }),
    person: some([listen, reflect, apologize, empathize, own('person', 'walk'), own('person', 'write')]),
    problem: some([agree, deliver, confirm, thank, own('problem', 'repair')]),
    system: some([investigate, improve, verify, share, own('system', 'train')]),
    rules: fc.constantFrom([], pocockRules, allRules),
    without: fc.constantFrom([], ['both-agree'], ['no-open-promises', 'customer-confirms']),
  })
  .map((definition) => defineProtocol({ ...definition, source: 'generated' }) as Protocol)

/** A protocol that is shipped, or one that somebody might define. */
export const anyProtocol: fc.Arbitrary<Protocol> = fc.oneof(
  fc.constantFrom(...(protocols as readonly Protocol[])),
  definedProtocol,
)
