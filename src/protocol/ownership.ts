import * as z from 'zod'
import { Actor } from './actor.ts'
import type { CommandOf } from './command.ts'
import { command } from './command.ts'
import type { contact } from './contact.ts'
import type { Facts } from './facts.ts'
import { rule } from './rule.ts'
import { step } from './step.ts'
import { Id, Words } from './words.ts'

/** The one step of `received`, the same in every protocol: a named person takes ownership until it is resolved (Taylor). */
export const own = step({
  name: 'own',
  phase: 'received',
  summary: 'take ownership until it is resolved',
  evidence: z.object({
    owner: Actor.describe('the person who sees it through'),
    introduced: Words.describe('how the owner was introduced to the customer'),
  }),
  said: true,
  // Nobody can be talked to about an anonymous complaint: what is left is the system.
  leads: ['on', 'lapses'],
  lead: ({ facts }) => (facts.anonymous === true ? 'lapses' : 'on'),
  effect: (facts, { command }) => owned(facts, command.owner.id),
})

const owned = (facts: Facts, owner: Id): Facts => ({
  ...facts,
  owner,
  owners: facts.owners?.includes(owner) ? facts.owners : [...(facts.owners ?? []), owner],
})

/** Whether somebody is a second person: of ours, and neither of those who own the case, are about to, or are complained of. */
export const isSecond = ({ owners, handOff, excluded }: Facts, { kind, id }: Actor): boolean =>
  kind === 'person' && !owners?.includes(id) && handOff?.to !== id && !excluded?.includes(id)

/** The owner hands the case over, with a briefing, so that the customer never tells it twice. */
export const handOff = command({
  name: 'handOff',
  summary: 'hand the case to another owner, with a briefing',
  evidence: z.object({
    to: Actor.describe('the person who is to own it'),
    briefing: Words.describe('what the receiver must know, so that the customer never tells it twice'),
  }),
  during: ['person', 'problem', 'system'],
  effect: (facts, { command }) => ({ ...facts, handOff: { from: facts.owner ?? command.by.id, to: command.to.id } }),
})

/** The receiver accepts: they own it now, and the hop is counted. */
export const acceptHandOff = command({
  name: 'acceptHandOff',
  summary: 'accept a hand-off and own the case',
  evidence: z.object({ introduced: Words.describe('how the new owner was introduced to the customer') }),
  during: ['person', 'problem', 'system'],
  effect: (facts, { protocol }) => {
    const hops = (facts.hops ?? 0) + 1
    return {
      ...owned(facts, facts.handOff?.to as Id),
      handOff: undefined,
      hops,
      ...(hops > protocol.hopLimit ? { escalated: true } : {}),
    }
  },
})

/** The receiver declines: it stays with the owner. */
export const declineHandOff = command({
  name: 'declineHandOff',
  summary: 'decline a hand-off',
  evidence: z.object({ reason: Words.describe('why not') }),
  during: ['person', 'problem', 'system'],
  effect: (facts) => ({ ...facts, handOff: undefined }),
})

/** The complaint is about somebody: that person can't own it. */
export const excludeOwner = command({
  name: 'excludeOwner',
  summary: 'keep a person from owning the case, because it is about them',
  evidence: z.object({ person: Id.describe('whom it is about'), reason: Words.describe('why') }),
  effect: (facts, { command }) => ({
    ...facts,
    excluded: [...(facts.excluded ?? []), command.person],
    ...(facts.owner === command.person ? { owner: undefined, unownedAt: command.at } : {}),
    ...(facts.handOff?.to === command.person ? { handOff: undefined } : {}),
  }),
})

export const ownedByAPerson = rule({
  id: 'owned-by-a-person',
  because: 'A named person sees it through until it is resolved; a queue, a team or a bot can’t.',
  source: 'Taylor',
  on: 'said',
  reads: 'case',
  holds: ({ facts, command }) => command.type === 'own' || facts.owner !== undefined,
})

/** Completes `owned-by-a-person`, where the evidence says who the owner is to be. */
export const ownerIsAPerson = rule<CommandOf<typeof own> | CommandOf<typeof handOff>>({
  ...ownedByAPerson,
  on: ['own', 'handOff'],
  reads: 'evidence',
  holds: ({ command }) =>
    command.type === 'own'
      ? command.owner.kind === 'person' && command.by.kind !== 'customer' && command.by.kind !== 'representative'
      : command.by.kind === 'person' && command.to.kind === 'person',
})

/** Completes `owned-by-a-person`, where the evidence says that it is we who make the contact. */
export const contactIsOwned = rule<CommandOf<typeof contact>>({
  ...ownedByAPerson,
  on: ['contact'],
  reads: 'evidence',
  holds: ({ facts, command }) => command.direction === 'from-customer' || facts.owner !== undefined,
})

export const handlerExcluded = rule<CommandOf<typeof own> | CommandOf<typeof handOff>>({
  id: 'handler-excluded',
  because: 'Nobody handles a complaint about themselves.',
  source: 'ISO 10002',
  on: ['own', 'handOff'],
  holds: ({ facts, command }) =>
    facts.excluded?.includes((command.type === 'own' ? command.owner : command.to).id) !== true,
})

export const handedOffByTheOwner = rule({
  id: 'handed-off-by-the-owner',
  because: 'Nobody takes a case from its owner: the owner hands it over.',
  source: 'Taylor',
  on: ['handOff'],
  holds: ({ facts, command }) => facts.owner === undefined || command.by.id === facts.owner,
})

/** Completes `owner-speaks`, where the evidence says that it is we who speak. */
export const ownerContacts = rule<CommandOf<typeof contact>>({
  id: 'owner-speaks',
  because: 'One voice speaks for us: the owner’s, or that of the one to whom the owner is handing over.',
  source: 'Taylor',
  on: ['contact'],
  holds: ({ facts, command: { by, direction } }) =>
    direction === 'from-customer' ||
    by.kind === 'machine' ||
    facts.owner === undefined ||
    (by.kind === 'person' && (by.id === facts.owner || by.id === facts.handOff?.to)),
})

export const handOffPending = rule({
  id: 'hand-off-accepted',
  because: 'A hand-off is complete when its receiver, and nobody else, accepts it.',
  source: 'Taylor',
  on: ['acceptHandOff', 'declineHandOff'],
  reads: 'case',
  holds: ({ facts }) => facts.handOff !== undefined,
})

/** Completes `hand-off-accepted`: by the one to whom it goes. */
export const handOffAcceptedByReceiver = rule({
  ...handOffPending,
  on: ['acceptHandOff', 'declineHandOff'],
  reads: 'evidence',
  holds: ({ facts, command }) => command.by.kind === 'person' && facts.handOff?.to === command.by.id,
})

export const ownerSpeaks = rule({
  id: 'owner-speaks',
  because: 'One voice speaks for us: the owner’s, or that of the one to whom the owner is handing over.',
  source: 'Taylor',
  on: 'said',
  holds: ({ facts, command }) =>
    command.type === 'own' ||
    facts.owner === undefined ||
    (command.by.kind === 'person' && (command.by.id === facts.owner || command.by.id === facts.handOff?.to)),
})

/** The rules of ownership, common to all protocols. */
export const ownershipRules = [
  ownedByAPerson,
  ownerIsAPerson,
  contactIsOwned,
  handedOffByTheOwner,
  ownerContacts,
  handlerExcluded,
  handOffPending,
  handOffAcceptedByReceiver,
  ownerSpeaks,
]
