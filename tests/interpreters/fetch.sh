#!/usr/bin/env bash
# Collects Python interpreters of several versions, and a profiler to compare with, in one folder, without installing
# anything: each one's packages come from the Debian suite that carries it and are unpacked in DEST/NAME/root. See
# README.md beside this.
#
#   fetch.sh DEST [NAME[@SUITE]...]
#   fetch.sh --list
set -euo pipefail

die() { printf 'fetch.sh: %s\n' "$*" >&2; exit 1; }

# name | suite | packages | program inside root | kind
catalogue() {
	cat <<-'LIST'
	3.11|bookworm|python3.11 libpython3.11|usr/bin/python3.11|system
	3.12|-|-|python3.12|pyenv
	3.13|trixie|python3.13 libpython3.13|usr/bin/python3.13|deb
	austin|trixie|austin|usr/bin/austin|deb
	neovim|trixie|neovim|usr/bin/nvim|deb
	LIST
}

if [[ ${1-} == --list ]]; then
	catalogue | awk -F'|' '{ printf "%-8s %s\n", $1, ($5 == "pyenv" ? "a pyenv of this machine" : $2) }'
	exit
fi
[[ $# -ge 1 && $1 != --* ]] || die 'usage: fetch.sh --list | DEST [NAME[@SUITE]...]'
mkdir -p "$1"
dest=$(cd "$1" && pwd)
shift
[[ $# -ge 1 ]] || mapfile -t names < <(catalogue | cut -d'|' -f1)
[[ $# -ge 1 ]] || set -- "${names[@]}"
mkdir -p "$dest/bin" "$dest/.work"
exec 9>"$dest/.work/lock"
flock 9 # two runs on one folder take turns

host_suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
host_arch=$(dpkg --print-architecture)
multiarch=$(gcc -print-multiarch 2>/dev/null || echo "$(uname -m)-linux-gnu")
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The archive that this machine's apt uses is the one that is asked for the other suites too.
archive() {
	apt-get indextargets 'Created-By: Packages' --format '$(RELEASE)|$(COMPONENT)|$(REPO_URI)' 2>/dev/null |
		awk -F'|' -v s="$host_suite" '$1 == s && $2 == "main" { print $3; exit }'
}

# apt_in SUITE COMMAND...: apt-get with a state of its own that knows one suite and believes that nothing is installed,
# so that it names whole dependency closures.
apt_in() {
	local home=$dest/.work/$1
	shift
	APT_CONFIG=$home/apt.conf apt-get -qq "$@"
}

prepare_suite() {
	local suite=$1 home=$dest/.work/$1 mirror
	# An index older than half a day is read anew.
	[[ -e $home/ready && -n $(find "$home/ready" -mmin -720) ]] && return
	[[ -r $keyring ]] || die 'the package debian-archive-keyring is needed'
	mirror=$(archive)
	[[ -n $mirror ]] || die "apt on this machine names no archive for $host_suite/main"
	rm -f "$home/ready"
	mkdir -p "$home"/{lists/partial,cache/archives/partial,etc}
	: >"$home/status"
	printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite" >"$home/etc/list"
	cat >"$home/apt.conf" <<-CONF
	Dir::Etc::sourcelist "$home/etc/list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::State "$home";
	Dir::State::status "$home/status";
	Dir::State::lists "$home/lists";
	Dir::Cache "$home/cache";
	Dir::Log "$home";
	Acquire::Languages "none";
	Acquire::PDiffs "false";
	Acquire::Retries "3";
	APT::Architecture "$host_arch";
	APT::Architectures { "$host_arch"; };
	APT::Install-Recommends "false";
	APT::Sandbox::User "$(id -un)";
	Debug::NoLocking "true";
	CONF
	apt_in "$suite" update >"$home/update.log" 2>&1 ||
		die "cannot read the package index of $suite: $(tail -n 1 "$home/update.log")"
	touch "$home/ready"
}

# unpack SUITE ROOT PACKAGE...: the packages and all that they need, into ROOT.
unpack() {
	local suite=$1 root=$2 debs=$2.debs file
	shift 2
	prepare_suite "$suite"
	rm -rf "$debs"
	mkdir -p "$root" "$debs/partial"
	apt_in "$suite" -o Dir::Cache::archives="$debs/" install --download-only -y "$@" >"$dest/.work/apt.log" 2>&1 ||
		die "cannot fetch $* from $suite: $(grep -m 1 ^E: "$dest/.work/apt.log")"
	for file in "$debs"/*.deb; do
		[[ -e $file ]] || die "$suite gave nothing for $*"
		file=${file##*/}
		case $file in # not needed to run an interpreter
		debconf_* | perl* | libperl* | dpkg_* | tar_* | gcc-*-base_*) continue ;;
		esac
		dpkg-deb -x "$debs/$file" "$root" || die "cannot unpack $file"
		echo "${file%.deb}"
	done >"$root.packages"
	rm -rf "$debs"
}

# The C library runs old programs but not the other way round: a suite newer than the machine's brings its own loader
# and C library; for an older one the machine's is used (a library preloaded from here needs it).
newer_than_host() {
	local theirs ours
	theirs=$(sed -n 's/^libc6_\([^_]*\)_.*/\1/p' "$1.packages" | sed 's/%3a/:/')
	ours=$(dpkg-query -W -f '${Version}' libc6)
	dpkg --compare-versions "${theirs%%-*}" gt "${ours%%-*}"
}

patchelf_tool() {
	patchelf=$(command -v patchelf || true)
	[[ -n $patchelf ]] && return
	patchelf=$dest/.work/tools/usr/bin/patchelf
	[[ -x $patchelf ]] && return
	prepare_suite "$host_suite"
	(cd "$dest/.work/$host_suite/cache/archives" && apt_in "$host_suite" download patchelf) >"$dest/.work/apt.log" 2>&1 ||
		die "cannot fetch patchelf: $(grep -m 1 ^E: "$dest/.work/apt.log")"
	dpkg-deb -x "$dest/.work/$host_suite/cache/archives/"patchelf_*.deb "$dest/.work/tools"
}

# settle ROOT: the programs of ROOT find their own loader and libraries by a path written in them: no wrapper and no
# environment variable, so a child of theirs and a preloaded library see an ordinary process.
settle() {
	local root=$1 loader='' lib file path
	patchelf_tool
	path=$root/usr/lib/$multiarch:$root/lib/$multiarch:$root/usr/lib
	if newer_than_host "$root"; then
		loader=$(find "$root" -path '*/lib*/ld-linux*.so.*' -print -quit)
		[[ -n $loader ]] || die "no loader in $root"
	else
		for lib in libc libm libdl libpthread librt libutil libresolv libanl libnsl libgcc_s libstdc++ libcrypt; do
			rm -f "$root"/{,usr/}lib/"$multiarch/$lib"{.so.*,-2.*.so}
		done
		rm -f "$root"/lib64/ld-linux* "$root"/{,usr/}lib/"$multiarch"/ld-*
	fi
	while IFS= read -r -d '' file; do
		[[ $(head -c 4 "$file" | od -An -tx1) == ' 7f 45 4c 46' ]] || continue
		readelf -lW "$file" 2>/dev/null | grep -q INTERP || continue
		[[ $("$patchelf" --print-rpath "$file") != "$path" ]] || continue
		[[ -z $loader ]] || "$patchelf" --set-interpreter "$loader" "$file"
		"$patchelf" --force-rpath --set-rpath "$path" "$file"
	done < <(find "$root/usr/bin" -type f -perm /111 ! -name '*.so*' -print0)
}

link() { # link NAME PROGRAM: DEST/bin/NAME, a link that leads to the program
	ln -sfn "$2" "$dest/bin/$1.new" && mv -fT "$dest/bin/$1.new" "$dest/bin/$1"
}

program_name() { [[ $1 == 3* ]] && echo "python$1" || echo "$1"; }

fetch_deb() { # NAME SUITE PACKAGES PROGRAM
	local name=$1 suite=$2 packages=$3 program=$4 place=$dest/$1 root=$dest/$1/root
	if [[ "$(cat "$place/.complete" 2>/dev/null)" != "$suite $packages" ]]; then
		rm -rf "$place"
		# The place is written into the programs, so they are unpacked where they stay.
		# shellcheck disable=SC2086
		unpack "$suite" "$root" $packages
		settle "$root"
		[[ -x $root/$program ]] || die "$packages of $suite has no $program"
		echo "$suite $packages" >"$place/.complete"
	fi
	link "$(program_name "$name")" "../$name/root/$program"
}

fetch_pyenv() { # NAME PROGRAM: the newest of that version that a pyenv of this machine holds
	local base found
	base=${PYENV_ROOT:-$(command -v pyenv >/dev/null && pyenv root || echo ~/.pyenv)}
	found=$(ls -d "$base/versions/$1".*/bin/"$2" 2>/dev/null | sort -V | tail -n 1)
	if [[ -z $found ]]; then
		printf 'fetch.sh: %s: no suite carries it and this machine has no pyenv copy; left out\n' "$1" >&2
		rm -f "$dest/bin/$2"
		return
	fi
	link "$2" "$found"
}

for wanted; do
	name=${wanted%@*}
	line=$(catalogue | awk -F'|' -v n="$name" '$1 == n')
	[[ -n $line ]] || die "unknown version $name (fetch.sh --list)"
	IFS='|' read -r _ suite packages program kind <<<"$line"
	[[ $wanted != *@* ]] || { suite=${wanted##*@} && kind=deb; }
	# The machine's own copy, as its packages installed it, is the better test.
	if [[ $kind == system && $suite == "$host_suite" && -x /$program ]]; then
		link "$(program_name "$name")" "/$program"
		continue
	fi
	case $kind in
	deb | system) fetch_deb "$name" "$suite" "$packages" "$program" ;;
	pyenv) fetch_pyenv "$name" "$program" ;;
	esac
done
