import type { ConformanceCase } from './clause.ts'
import { deadlines } from './deadlines.ts'
import { erasure } from './erasure.ts'
import { handles } from './handles.ts'
import { insights } from './insights.ts'
import { keys } from './keys.ts'
import { lanes } from './lanes.ts'
import { lists } from './lists.ts'
import { repetitions } from './repetitions.ts'
import { ties } from './ties.ts'
import { transactions } from './transactions.ts'
import { upkeep } from './upkeep.ts'
import { versions } from './versions.ts'
import { writing } from './writing.ts'

/** The contract of the store port, as data; `conform` and `conformance` try a store by it. */
export const storeConformance: readonly ConformanceCase[] = [
  ...writing,
  ...versions,
  ...repetitions,
  ...keys,
  ...deadlines,
  ...ties,
  ...lists,
  ...erasure,
  ...handles,
  ...transactions,
  ...insights,
  ...lanes,
  ...upkeep,
]
