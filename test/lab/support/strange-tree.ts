import {sh} from './shell.js'

/** A tree with everything that archives are known to lose. Made by the tools that users make such trees with. */
export function makeStrangeTree(dir: string): void {
  sh(
    String.raw`
mkdir -p "$1" && cd "$1"
mkdir -p empty/deeper 'with space' sub
printf 'first' > original; ln original 'sub/hard link'; ln original second
ln -s original link; ln -s /nonexistent/absolute dangling; ln -s ../sub sub/loop; ln -P link 'sub/link again'
printf 'run me' > tool; chmod 0755 tool
printf secret > private; chmod 0400 private
printf odd > odd; chmod 6711 odd
mkdir locked; printf x > locked/inside; chmod 0555 locked
printf q > $'quote\'s "both"'; printf n > $'new\nline'; printf b > $'bytes \xff\xfe\x80'; printf s > '-starts with dash'; printf w > 'back\slash'
printf u > 'übersicht'
mkdir "$(printf 'l%.0s' $(seq 120))"; printf long > "$(printf 'l%.0s' $(seq 120))/$(printf 'n%.0s' $(seq 200))"
mkfifo pipe
truncate -s 10M sparse; printf data | dd of=sparse bs=1 seek=5000000 conv=notrunc status=none
: > zero
setfattr -n user.note -v 'kept' original; setfattr -n user.raw -v 0sAAH/ zero
setfacl -m u:1234:r private
chown 1234:4321 tool
touch -d '1985-10-26 08:15:00.123456789 UTC' tool
touch -d '2099-01-01 00:00:00.5 UTC' zero
touch -h -d '2001-02-03 04:05:06.7 UTC' dangling
mkdir -p .crabbox/scripts; printf no > .crabbox/env; printf no > .crabbox/scripts/x
touch -d '2020-02-02 02:02:02.2 UTC' empty/deeper empty`,
    dir,
  )
}
