export const APT = '/usr/local/sbin/lab-apt-get'

/**
 * The apt-get of cloud-init alone. For `packages:` that are there it has nothing to do, where the real one would read
 * the lists of the archive for seconds at the first boot of every machine. For others it does what the real one does.
 */
export const APT_SCRIPT = `#!/bin/bash
words=()
for one; do [[ $one == -* ]] || words+=("$one"); done
case "\${words[0]}" in
  update) exit 0 ;;
  install)
    states=$(dpkg-query -W -f '\${db:Status-Status}\\n' "\${words[@]:1}" 2>&1 | sort -u)
    if [ "$states" = installed ]; then exit 0; fi
    apt-get --quiet update
    ;;
esac
exec apt-get "$@"
`
