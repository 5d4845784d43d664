import type { Cast } from './line.ts'
import { personScenes } from './person.ts'
import { problemScenes } from './problem.ts'
import { systemScenes } from './system.ts'

/** Every scene of the stories by its name. */
export type Scenes = ReturnType<typeof scenesOf>

/** Every scene of the stories, for one complaint. A new one is an entry in its phase and a word in a plot. */
export const scenesOf = (cast: Cast) => ({ ...personScenes(cast), ...problemScenes(cast), ...systemScenes(cast) })
