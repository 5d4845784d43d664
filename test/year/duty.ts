import { person } from 'redress'
import type { Scene } from './scene.ts'
import { staff } from './scene.ts'

const DAYS = 24

/** A promise that whoever makes it can keep. */
export const promiseOf = (scene: Scene, other: object = {}): object => ({
  text: 'A new lamp at your door',
  maker: scene.owner,
  inControl: true,
  ...(scene.dice.chance(0.3)
    ? { nextUpdateBy: scene.at(DAYS * 3) }
    : { latest: scene.at(DAYS * (1 + scene.dice.below(30))) }),
  ...other,
})

/** What a good agent does now: whatever stands in the way of the due step, or else the step. */
export function duty(scene: Scene): object | readonly object[] {
  const { facts, due, say, second } = scene
  const open = facts.promises.filter((one) => one.state === 'open')
  const late = open.find(({ due = '' }) => Date.parse(due) < scene.now)
  const bystander = facts.bystanders?.find((one) => !one.acknowledged)
  if (due === undefined) return say('reopen')
  if (facts.referredTo !== undefined) return say('returnReferral', { decided: scene.dice.chance(0.5) })
  if (facts.authority === 'needed' && due !== 'own') return say('grantAuthority')
  if (facts.owner === undefined && due !== 'own') return newOwner(scene)
  // Now and then somebody makes it good first, and is told to record the breach.
  if (late !== undefined) return say(scene.dice.pick(['breakPromise', 'keepPromise']), { promise: late.id })
  const { steps, person: first } = scene.protocol
  const last = facts.mergedInto === undefined ? steps.at(-1) : first.at(-1)
  if (bystander !== undefined && due === last?.name) return say('acknowledgeBystander', { bystander: bystander.id })
  if (due === 'confirm' && open[0] !== undefined) return say('keepPromise', { promise: open[0].id })
  if (facts.handOff !== undefined && scene.dice.chance(0.5)) {
    return say(scene.dice.chance(0.6) ? 'acceptHandOff' : 'declineHandOff', { by: person(facts.handOff.to) })
  }
  if (leavesUnspoken(scene)) return say('contact', { words: 'We call, and listen.' })
  // What can’t be done right any more (a surprise after a waived delivery) is waived.
  if (due === 'surprise' && facts.steps['deliver'] !== 'done') return say('waive', { step: due, by: second })
  return step(scene, due)
}

/** The person phase ends, and whoever was to listen never spoke with the customer. */
const leavesUnspoken = ({ facts, due, protocol }: Scene): boolean =>
  due !== 'listen' &&
  due === protocol.person.at(-1)?.name &&
  facts.contact?.personal !== true &&
  facts.contact?.asksForWriting !== true &&
  protocol.judgedBy.some((rule) => rule.id === 'personal-contact')

/** The owner was taken off the case: the next one takes over. */
function newOwner(scene: Scene): object | readonly object[] {
  const fit = staff.filter((one) => scene.facts.excluded?.includes(one.id) !== true)
  const to = scene.facts.handOff === undefined ? scene.dice.pick(fit) : person(scene.facts.handOff.to)
  const accepted = scene.say('acceptHandOff', { by: to })
  return scene.facts.handOff === undefined ? [scene.say('handOff', { to }), accepted] : accepted
}

/** The due step, done right. */
export function step(scene: Scene, due: string): object {
  const { facts, dice, say } = scene
  switch (due) {
    case 'own': {
      const owner = dice.pick(staff.filter((one) => facts.excluded?.includes(one.id) !== true))
      return say('own', { owner, by: owner })
    }
    case 'agree':
      return say('agree', {
        promises: [promiseOf(scene), ...(dice.chance(0.2) ? [promiseOf(scene, { cost: 40 })] : [])],
      })
    case 'deliver':
      return say('deliver', { kept: facts.promises.filter((one) => one.state === 'open').map((one) => one.id) })
    case 'confirm':
      return say('confirm', {
        saidBy: scene.complainant,
        resolved: dice.weighted([
          [14, 'yes'],
          [3, 'partly'],
          [3, 'no'],
        ]),
      })
    case 'investigate':
      return say('investigate', { causes: [causeOf(scene)] })
    case 'improve':
      return say('improve', {
        changes: [{ text: 'Weigh every parcel', owner: scene.second, due: scene.at(DAYS * 30) }],
        ...(facts.praise === undefined ? {} : { keepDoing: ['The call before the visit'] }),
      })
    default:
      return say(due)
  }
}

/** Few causes for many cases, so that they come again. */
const causeOf = ({ dice }: Scene) => ({
  part: dice.pick(['packing', 'billing', 'driver', 'app', 'lamp']),
  stage: dice.pick(['order', 'dispatch', 'delivery']),
  ...(dice.chance(0.3) ? { site: dice.pick(['north', 'south']) } : {}),
  text: 'The scale did not weigh it.',
})
