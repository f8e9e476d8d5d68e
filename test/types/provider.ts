// What must not compile. It is compiled with the tests and never run.
import {defineProvider, type LeaseOperations} from '../../src/core/provider.js'
import type {TierHandlers} from '../../src/core/handlers.js'
import type {RestoreHandlers} from '../../src/core/restore.js'

declare const leases: LeaseOperations
declare const recipe: TierHandlers<'recipe'>
declare const archive: TierHandlers<'workspace-archive'>
declare const archiveRestore: RestoreHandlers<'workspace-archive'>
const about = {name: 'sample', summary: 'A sample.', leases}

const sound = defineProvider({
  ...about,
  tiers: {recipe, 'workspace-archive': archive},
  restores: {'workspace-archive': archiveRestore},
})
// The tiers are part of the provider's type: nothing has to be narrowed where the provider is known.
sound.tiers.recipe satisfies TierHandlers<'recipe'>

// @ts-expect-error -- a tier that was not declared is not there to be used
void sound.tiers['aws-ami']

declare const unverified: Omit<TierHandlers<'recipe'>, 'verify'>
// @ts-expect-error -- a declared tier lacks its verify handler
defineProvider({...about, tiers: {recipe: unverified}})

declare const unexplained: Omit<TierHandlers<'recipe'>, 'guarantees'>
// @ts-expect-error -- a declared tier does not say what it guarantees
defineProvider({...about, tiers: {recipe: unexplained}})

// @ts-expect-error -- a tier that is served some other day is not declared with undefined
defineProvider({...about, tiers: {recipe: undefined}})

// @ts-expect-error -- there is no tier named floppy, also not beside one that there is
defineProvider({...about, tiers: {recipe, floppy: recipe}})

// @ts-expect-error -- there is no tier named floppy
defineProvider({...about, tiers: {floppy: recipe}})

// @ts-expect-error -- the handlers of another tier, which know another artifact
defineProvider({...about, tiers: {'workspace-archive': recipe}})

// @ts-expect-error -- a recipe holds nothing that could be restored in place
defineProvider({...about, tiers: {recipe}, restores: {recipe: archiveRestore}})

// @ts-expect-error -- a provider without a tier table
defineProvider(about)

declare const endless: Omit<LeaseOperations, 'release'>
// @ts-expect-error -- leases that cannot be given back
defineProvider({...about, leases: endless, tiers: {recipe}})
