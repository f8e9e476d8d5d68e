/** The vocabulary of slugs. Short, easy to say over a desk, and with no word that reads badly beside another. */
export const ADJECTIVES = [
  'amber', 'azure', 'blue', 'brave', 'bright', 'brisk', 'calm', 'clever', 'cosmic', 'crisp', 'dapper', 'eager',
  'fancy', 'fleet', 'gentle', 'gold', 'grand', 'green', 'happy', 'hardy', 'jolly', 'keen', 'kind', 'lively',
  'lucky', 'mellow', 'merry', 'mighty', 'neat', 'nimble', 'noble', 'olive', 'plucky', 'proud', 'quick', 'quiet',
  'rapid', 'ruby', 'scarlet', 'sharp', 'silver', 'snappy', 'solar', 'steady', 'sunny', 'swift', 'teal', 'tidy',
  'vivid', 'warm', 'wise', 'witty', 'zesty',
] as const

export const ANIMALS = [
  'anchovy', 'barnacle', 'clam', 'cod', 'conch', 'coral', 'crab', 'crayfish', 'cuttle', 'dolphin', 'eel', 'gull',
  'haddock', 'herring', 'kelp', 'krill', 'limpet', 'lobster', 'mackerel', 'manatee', 'marlin', 'mussel', 'narwhal',
  'nautilus', 'octopus', 'orca', 'otter', 'oyster', 'pelican', 'penguin', 'perch', 'plaice', 'porpoise', 'prawn',
  'puffin', 'ray', 'salmon', 'scallop', 'seal', 'shrimp', 'snapper', 'sponge', 'squid', 'starfish', 'sturgeon',
  'tern', 'trout', 'tuna', 'turtle', 'urchin', 'walrus', 'whelk',
] as const
