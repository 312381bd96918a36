#!/usr/bin/env bash
# Collects Python interpreters of several versions, and a profiler to compare with, in one folder, without installing
# anything: each one's packages come from the Debian suite that carries it and are unpacked in DEST/NAME/root. See
# README.md beside this.
#
#   fetch.sh DEST [NAME[@SUITE]...]
#   fetch.sh --list
set -euo pipefail

die() { printf 'fetch.sh: %s\n' "$*" >&2; exit 1; }

# name | suites, the first that has it | packages | program inside root | kind
catalogue() {
	cat <<-'LIST'
	3.9|bullseye|python3.9 libpython3.9|usr/bin/python3.9|deb
	3.10|-|-|python3.10|pyenv
	3.11|bookworm|python3.11 libpython3.11|usr/bin/python3.11|system
	3.12|-|-|python3.12|pyenv
	3.13|trixie|python3.13 libpython3.13|usr/bin/python3.13|deb
	3.14|sid,forky|python3.14 libpython3.14|usr/bin/python3.14|deb
	3.15|sid,forky|python3.15 libpython3.15|usr/bin/python3.15|deb
	3.13t|trixie|python3.13|bin/python3.13t|build
	3.14t|sid,forky|python3.14|bin/python3.14t|build
	3.9-tests|bullseye|libpython3.9-testsuite|usr/lib/python3.9/test|only
	3.11-tests|bookworm|libpython3.11-testsuite|usr/lib/python3.11/test|only
	3.13-tests|trixie|libpython3.13-testsuite|usr/lib/python3.13/test|only
	3.14-tests|sid,forky|libpython3.14-testsuite|usr/lib/python3.14/test|only
	3.15-tests|sid,forky|libpython3.15-testsuite|usr/lib/python3.15/test|only
	austin|trixie|austin|usr/bin/austin|deb
	neovim|trixie|neovim|usr/bin/nvim|deb
	LIST
}

if [[ ${1-} == --list ]]; then
	catalogue | awk -F'|' '{ printf "%-8s %s\n", $1, ($5 == "pyenv" ? "a pyenv of this machine" :
		$5 == "build" ? "built from the source in " $2 : $2) }'
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

read_index() {
	rm -f "$dest/.work/$1/ready"
	apt_in "$1" update >"$dest/.work/$1/update.log" 2>&1 || return
	apt_in "$1" check >>"$dest/.work/$1/update.log" 2>&1 # makes apt's cache, which those that fetch at once share
	touch "$dest/.work/$1/ready"
}

prepare_suite() { # two names may want the same suite
	mkdir -p "$dest/.work/$1"
	(flock 8 && make_index "$1") 8>"$dest/.work/$1/turn"
}
make_index() {
	local suite=$1 home=$dest/.work/$1 mirror
	# An index older than half a day is read anew.
	[[ -e $home/ready && -n $(find "$home/ready" -mmin -720) ]] && return
	[[ -r $keyring ]] || die 'the package debian-archive-keyring is needed'
	mirror=$(archive)
	[[ -n $mirror ]] || die "apt on this machine names no archive for $host_suite/main"
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
	Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
	Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
	APT::Architecture "$host_arch";
	APT::Architectures { "$host_arch"; };
	APT::Install-Recommends "false";
	APT::Sandbox::User "$(id -un)";
	Debug::NoLocking "true";
	CONF
	read_index "$suite" || die "cannot read the package index of $suite: $(tail -n 1 "$home/update.log")"
}

# Packages that depend on one another but are not needed to run a program: maintainers' scripts want them, or it is data.
unneeded() {
	case $1 in
	debconf_* | perl* | libperl* | dpkg_* | tar_* | gcc-*-base_* | tzdata* | media-types_* | mime-support_* | netbase_* | \
		readline-common_* | libc-gconv-modules-extra_* | openssl-provider-legacy_* | liblocale-gettext-perl_* | libcom-err2_* | \
		libselinux1_* | libacl1_*) return 0 ;;
	*python3*) [[ $2 != *python3* ]] ;; # a tool's own Python
	*) return 1 ;;
	esac
}

# fetch_packages SUITE FOLDER PACKAGE...: the packages and all that they need as files in FOLDER.
fetch_packages() {
	local suite=$1 debs=$2 uri file size hash list=() log=$2.log
	shift 2
	rm -rf "$debs"
	mkdir -p "$debs"
	# shellcheck disable=SC2086
	apt_in "$suite" -o Dir::Cache::archives="$debs/" ${apt_verb:-install -y} --print-uris "$@" >"$debs.list" 2>"$log" ||
		return
	while read -r uri file size hash; do
		unneeded "$file" "$*" || list+=("${uri//\'/}" "$debs/$file" "$hash")
	done < <(grep "^'" "$debs.list")
	[[ ${#list[@]} -gt 0 ]] || { echo "E: nothing to fetch for $*" >"$log" && return 1; }
	APT_CONFIG=$dest/.work/$suite/apt.conf /usr/lib/apt/apt-helper -qq download-file "${list[@]}" >"$log" 2>&1
}

# unpack SUITES ROOT PACKAGE...: the packages and all that they need, into ROOT. The archive may have moved on since its
# index was read, or lack a file that the index names: then the index is read anew, and then the next suite is asked.
unpack() {
	local suites root=$2 debs=$2.debs file suite log=$2.debs.log attempt
	IFS=, read -ra suites <<<"$1"
	shift 2
	for suite in "${suites[@]}"; do
		prepare_suite "$suite"
		for attempt in first second; do
			fetch_packages "$suite" "$debs" "$@" && break 2
			[[ $attempt == second ]] || read_index "$suite" || break
		done
		printf 'fetch.sh: cannot fetch %s from %s: %s\n' "$*" "$suite" "$(grep -m 1 ^E: "$log")" >&2
		suite=''
	done
	[[ -n $suite ]] || exit 1
	mkdir -p "$root"
	for file in "$debs"/*.deb; do
		file=${file##*/}
		dpkg-deb -x "$debs/$file" "$root" || die "cannot unpack $file"
		echo "${file%.deb}"
	done >"$root.packages"
	rm -rf "$debs" "$debs.list" "$log"
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

# settle ROOT PLACE: the programs of ROOT, which will be moved to PLACE, find their own loader and libraries by a path
# written in them: no wrapper and no environment variable, so a child of theirs and a preloaded library see an ordinary
# process.
settle() {
	local root=$1 place=$2 loader='' lib file path
	path=$place/usr/lib/$multiarch:$place/lib/$multiarch:$place/usr/lib
	if newer_than_host "$root"; then
		loader=$(find "$root" -path '*/lib*/ld-linux*.so.*' -print -quit)
		[[ -n $loader ]] || die "no loader in $root"
		loader=$place${loader#"$root"}
	else
		for lib in libc libm libdl libpthread librt libutil libresolv libanl libnsl libgcc_s libstdc++ libcrypt; do
			rm -f "$root"/{,usr/}lib/"$multiarch/$lib"{.so.*,-2.*.so}
		done
		rm -f "$root"/lib64/ld-linux* "$root"/{,usr/}lib/"$multiarch"/ld-*
	fi
	while IFS= read -r -d '' file; do
		[[ $(head -c 4 "$file" | od -An -tx1) == ' 7f 45 4c 46' ]] || continue
		readelf -lW "$file" 2>/dev/null | grep -q INTERP || continue
		[[ -z $loader ]] || "$patchelf" --set-interpreter "$loader" "$file"
		"$patchelf" --force-rpath --set-rpath "$path" "$file"
	done < <(find "$root/usr/bin" -type f -perm /111 ! -name '*.so*' -print0)
}

link() { # link NAME PROGRAM: DEST/bin/NAME, a link that leads to the program
	ln -sfn "$2" "$dest/bin/$1.new" && mv -fT "$dest/bin/$1.new" "$dest/bin/$1"
}

program_name() { [[ $1 == 3* ]] && echo "python$1" || echo "$1"; }

fetch_deb() { # NAME SUITES PACKAGES PROGRAM
	local name=$1 suites=$2 packages=$3 program=$4 place=$dest/$1
	local complete="${suites%%,*} $packages"
	if [[ "$(cat "$place/.complete" 2>/dev/null)" != "$complete" ]]; then
		rm -rf "$place.new"
		mkdir -p "$place.new"
		# shellcheck disable=SC2086
		unpack "$suites" "$place.new/root" $packages
		settle "$place.new/root" "$place/root"
		[[ -x $place.new/root/$program ]] || die "$packages of $suites has no $program"
		echo "$complete" >"$place.new/.complete"
		rm -rf "$place"
		mv "$place.new" "$place"
	fi
	link "$(program_name "$name")" "../$name/root/$program"
}

# The source of the version that the suite has; where the archive lacks it, the newest micro release before it. Not
# checked against a signature.
fetch_source() { # NAME SUITES SOURCE-PACKAGE
	local at=$dest/$1/source suite=${2%%,*} version micro url tarball=$dest/.work/$1.tar.xz
	prepare_suite "$suite"
	version=$(APT_CONFIG=$dest/.work/$suite/apt.conf apt-cache show "$3" | sed -n 's/^Version: \([0-9.]*\).*/\1/p' | head -n 1)
	[[ -n $version ]] || die "$suite has no $3"
	for ((micro = ${version##*.}; micro >= 0; micro--)); do
		url=$(archive)pool/main/p/$3/$3_${version%.*}.$micro.orig.tar.xz
		APT_CONFIG=$dest/.work/$suite/apt.conf /usr/lib/apt/apt-helper -qq download-file "$url" "$tarball" 2>/dev/null && break
	done
	((micro >= 0)) || die "the archive holds no source of $3"
	rm -rf "$at"
	mkdir -p "$at"
	tar -xf "$tarball" --strip-components=1 -C "$at" || die "cannot unpack the source of $3"
	rm -f "$tarball"
}

fetch_build() { # NAME SUITES SOURCE-PACKAGE PROGRAM: free-threaded, which no suite carries
	local name=$1 place=$dest/$1 log=$dest/.work/build-$1.log complete="${2%%,*} $3"
	if [[ "$(cat "$place/.complete" 2>/dev/null)" != "$complete" ]]; then
		fetch_source "$name" "$2" "$3"
		rm -rf "$place/build" "$place/root"
		mkdir -p "$place/build"
		(cd "$place/build" && nice ../source/configure -q --disable-gil --without-ensurepip --disable-test-modules \
			--prefix="$place/root" CFLAGS=-g1 && nice make -s -j"$(nproc)" && make -s install) >"$log" 2>&1 ||
			die "the build of $name failed, see $log"
		rm -rf "$place/build" "$place/source"
		echo "$complete" >"$place/.complete"
	fi
	link "$(program_name "$name")" "../$name/root/$4"
}

fetch_only() { # NAME SUITES PACKAGE PATH: one package without what it needs, for an interpreter that is there already
	local place=$dest/$1 apt_verb=download
	if [[ "$(cat "$place/.complete" 2>/dev/null)" != "${2%%,*} $3" ]]; then
		rm -rf "$place.new"
		mkdir -p "$place.new"
		unpack "$2" "$place.new/root" "$3"
		[[ -e $place.new/root/$4 ]] || die "$3 of $2 has no $4"
		echo "${2%%,*} $3" >"$place.new/.complete"
		rm -rf "$place"
		mv "$place.new" "$place"
	fi
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

fetch() { # NAME[@SUITE]
	local name=${1%@*} line suites packages program kind
	line=$(catalogue | awk -F'|' -v n="$name" '$1 == n')
	IFS='|' read -r _ suites packages program kind <<<"$line"
	[[ $1 != *@* ]] || { suites=${1##*@} && [[ $kind == build ]] || kind=deb; }
	# The machine's own copy, as its packages installed it, is the better test.
	if [[ $kind == system && $suites == "$host_suite" && -x /$program ]]; then
		link "$(program_name "$name")" "/$program"
		return
	fi
	case $kind in
	deb | system) fetch_deb "$name" "$suites" "$packages" "$program" ;;
	build) fetch_build "$name" "$suites" "$packages" "$program" ;;
	only) fetch_only "$name" "$suites" "$packages" "$program" ;;
	pyenv) fetch_pyenv "$name" "$program" ;;
	esac
}

# Which indices are needed, and whether patchelf is: first these, all at once, then what is wanted, all at once.
declare -A indices=()
builds=() others=()
for wanted; do
	line=$(catalogue | awk -F'|' -v n="${wanted%@*}" '$1 == n')
	[[ -n $line ]] || die "unknown version ${wanted%@*} (fetch.sh --list)"
	IFS='|' read -r name suites packages _ kind <<<"$line"
	[[ $wanted != *@* ]] || suites=${wanted##*@}
	[[ $kind == build ]] && builds+=("$wanted") || others+=("$wanted")
	[[ $kind == deb || $kind == build || $kind == only || ($kind == system && $suites != "$host_suite") ]] || continue
	[[ "$(cat "$dest/$name/.complete" 2>/dev/null)" == "${suites%%,*} $packages" ]] || indices[${suites%%,*}]=1
done

# together FUNCTION WORD...: runs it with each word, side by side; the first failure is everyone's.
together() {
	local function=$1 word ids=() id status=0
	shift
	for word; do
		"$function" "$word" &
		ids+=($!)
	done
	for id in "${ids[@]}"; do wait "$id" || status=1; done
	return $status
}

if [[ ${#indices[@]} -gt 0 ]]; then
	patchelf_tool
	together prepare_suite "${!indices[@]}" || exit
fi
together fetch "${others[@]}" || exit
# These use all processors by themselves, and take minutes: nobody waits for them who does not want them.
flock -u 9
exec 9>"$dest/.work/lock-builds"
[[ ${#builds[@]} == 0 ]] || flock 9
for wanted in "${builds[@]}"; do fetch "$wanted"; done
