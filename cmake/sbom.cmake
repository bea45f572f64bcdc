# sbom: writes the SPDX 2.3 document (JSON) of what has just been installed. Run by cmake_install.cmake.
#
# The same installation gives the same bytes: no random number, no date but SOURCE_DATE_EPOCH or the commit's,
# names in order. A file is described by SHA-1 (which SPDX 2.3 asks for) and SHA-256, a library by the Debian
# package that it comes from; where that is no Debian, it is named alone. Libraries that those libraries need
# are not listed: their own packages say so.
cmake_minimum_required(VERSION 3.25)

# The licences as Debian's copyright files state them for the library itself, in SPDX's words.
set(LICENCE_libsodium "ISC")
set(LICENCE_nettle "LGPL-3.0-or-later OR GPL-2.0-or-later")
set(LICENCE_jansson "MIT")
set(LICENCE_sqlite3 "blessing")
set(LICENCE_curl "curl")
set(LICENCE_expat "MIT")
set(LICENCE_libyaml "MIT")
set(LICENCE_libcsv "LGPL-2.1-or-later")
set(LICENCE_libarchive "BSD-2-Clause")
set(LICENCE_glibc "LGPL-2.1-or-later")

# {"key": "value", ...} of the words after `ret`; values hold no character that JSON would escape.
function(sbom_object ret)
    set(text "")
    while(ARGN)
        list(POP_FRONT ARGN key value)
        string(APPEND text ", \"${key}\": \"${value}\"")
    endwhile()
    string(SUBSTRING "${text}" 2 -1 text)
    set(${ret} "{${text}}" PARENT_SCOPE)
endfunction()

# Adds one more object to an array that is a text.
function(sbom_add array object)
    if(NOT "${${array}}" STREQUAL "")
        string(APPEND ${array} ",\n  ")
    endif()
    set(${array} "${${array}}${object}" PARENT_SCOPE)
endfunction()

function(sbom_relate from type to)
    sbom_object(object spdxElementId "${from}" relationshipType ${type} relatedSpdxElement "${to}")
    sbom_add(relationships "${object}")
    set(relationships "${relationships}" PARENT_SCOPE)
endfunction()

function(sbom_date ret)
    if("$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
        execute_process(COMMAND git -C ${SBOM_SOURCE} log -1 --format=%ct OUTPUT_VARIABLE epoch
            OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
        if(failed)
            message(WARNING "SPDX document: no SOURCE_DATE_EPOCH and no commit: dated 1970-01-01")
            set(epoch 0)
        endif()
        set(ENV{SOURCE_DATE_EPOCH} ${epoch})
        string(TIMESTAMP date "%Y-%m-%dT%H:%M:%SZ" UTC)
        unset(ENV{SOURCE_DATE_EPOCH})
    else()
        string(TIMESTAMP date "%Y-%m-%dT%H:%M:%SZ" UTC)
    endif()
    set(${ret} ${date} PARENT_SCOPE)
endfunction()

# "package;version;architecture;source" of Debian for a file by pattern, or "" where there is none.
function(sbom_package ret pattern)
    get_property(is_asked GLOBAL PROPERTY "package ${pattern}" SET)
    if(is_asked) # dpkg-query -S reads the lists of all packages
        get_property(about GLOBAL PROPERTY "package ${pattern}")
        set(${ret} "${about}" PARENT_SCOPE)
        return()
    endif()
    set_property(GLOBAL PROPERTY "package ${pattern}" "")
    set(${ret} "" PARENT_SCOPE)
    execute_process(COMMAND dpkg-query -S ${pattern} OUTPUT_VARIABLE owners ERROR_QUIET RESULT_VARIABLE failed)
    if(failed OR NOT owners MATCHES "^([^:, ]+)(:[a-z0-9]+)?: ")
        return()
    endif()
    execute_process(COMMAND dpkg-query -W -f "\${Package}\;\${Version}\;\${Architecture}\;\${source:Package}"
        "${CMAKE_MATCH_1}${CMAKE_MATCH_2}" OUTPUT_VARIABLE about ERROR_QUIET)
    set_property(GLOBAL PROPERTY "package ${pattern}" "${about}")
    set(${ret} "${about}" PARENT_SCOPE)
endfunction()

# Describes one library once, and says which file is linked with it and how.
function(sbom_library file type name pattern)
    sbom_package(about "${pattern}")
    if(about)
        list(GET about 0 package)
        list(GET about 1 version)
        list(GET about 2 architecture)
        list(GET about 3 source)
    else()
        set(package ${name})
        set(version "unknown")
        set(source ${name})
    endif()
    string(REGEX REPLACE "[^A-Za-z0-9.-]" "-" id "SPDXRef-Library-${package}")
    if(NOT id IN_LIST known)
        list(APPEND known ${id})
        set(licence NOASSERTION)
        if(DEFINED LICENCE_${source})
            set(licence "${LICENCE_${source}}")
        endif()
        set(reference "")
        if(about)
            string(REPLACE "+" "%2B" escaped "${version}")
            string(REPLACE ":" "%3A" escaped "${escaped}")
            sbom_object(locator referenceCategory PACKAGE-MANAGER referenceType purl
                referenceLocator "pkg:deb/debian/${package}@${escaped}?arch=${architecture}")
            set(reference ", \"supplier\": \"Organization: Debian\", \"externalRefs\": [${locator}]")
        endif()
        sbom_object(object SPDXID ${id} name ${package} versionInfo "${version}" downloadLocation NOASSERTION
            licenseConcluded NOASSERTION licenseDeclared "${licence}" copyrightText NOASSERTION)
        string(REGEX REPLACE "}$" ", \"filesAnalyzed\": false${reference}}" object "${object}")
        sbom_add(packages "${object}")
    endif()
    sbom_relate(${file} ${type} ${id})
    foreach(name known packages relationships)
        set(${name} "${${name}}" PARENT_SCOPE)
    endforeach()
endfunction()

# What one program or library of ours is linked with.
function(sbom_links id path name)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C readelf -d ${path}
        OUTPUT_VARIABLE dynamic ERROR_QUIET)
    string(REGEX MATCHALL "\\(NEEDED\\)[^\n]*" rows "${dynamic}")
    foreach(row IN LISTS rows)
        string(REGEX REPLACE ".*\\[(.*)\\].*" "\\1" soname "${row}")
        sbom_library(${id} DYNAMIC_LINK ${soname} "*/${CMAKE_LIBRARY_ARCHITECTURE}/${soname}")
    endforeach()
    if(name MATCHES "/bin/cryptowatch$")
        foreach(archive IN LISTS SBOM_ARCHIVES)
            get_filename_component(real ${archive} REALPATH)
            get_filename_component(base ${archive} NAME)
            sbom_library(${id} STATIC_LINK ${base} ${real})
        endforeach()
    endif()
    foreach(name known packages relationships)
        set(${name} "${${name}}" PARENT_SCOPE)
    endforeach()
endfunction()

function(sbom_write)
    set(part cryptowatch)
    if(CMAKE_INSTALL_COMPONENT)
        set(part "cryptowatch-${CMAKE_INSTALL_COMPONENT}")
    endif()
    set(document "${CMAKE_INSTALL_PREFIX}/${SBOM_DOC}/${part}.spdx.json")
    set(installed ${CMAKE_INSTALL_MANIFEST_FILES})
    list(REMOVE_ITEM installed ${document})
    list(SORT installed)
    list(REMOVE_DUPLICATES installed)
    set(files "")
    set(packages "")
    set(relationships "")
    set(known "")
    set(sums "")
    sbom_relate(SPDXRef-DOCUMENT DESCRIBES SPDXRef-Package)
    foreach(file IN LISTS installed)
        set(path "$ENV{DESTDIR}${file}")
        if(IS_SYMLINK ${path})
            continue()
        endif()
        file(RELATIVE_PATH name ${CMAKE_INSTALL_PREFIX} ${file})
        string(REGEX REPLACE "[^A-Za-z0-9.-]" "-" id "SPDXRef-File-${name}")
        file(SHA1 ${path} sha1)
        file(SHA256 ${path} sha256)
        file(READ ${path} magic LIMIT 4 HEX)
        set(type OTHER)
        if(magic STREQUAL "7f454c46" OR name MATCHES "\\.a$")
            set(type BINARY)
        elseif(name MATCHES "\\.(json|pc|cmake)$|/LICENSE$")
            set(type TEXT)
        elseif(name MATCHES "\\.h$")
            set(type SOURCE)
        endif()
        list(APPEND sums ${sha1})
        sbom_object(object SPDXID ${id} fileName "./${name}" licenseConcluded Apache-2.0 copyrightText NOASSERTION)
        sbom_object(first algorithm SHA1 checksumValue ${sha1})
        sbom_object(second algorithm SHA256 checksumValue ${sha256})
        string(REGEX REPLACE "}$" ", \"fileTypes\": [\"${type}\"], \"checksums\": [${first}, ${second}]}"
            object "${object}")
        sbom_add(files "${object}")
        sbom_relate(SPDXRef-Package CONTAINS ${id})
        if(magic STREQUAL "7f454c46")
            sbom_links(${id} ${path} "/${name}")
        endif()
    endforeach()
    list(SORT sums)
    list(JOIN sums "" sums)
    string(SHA1 code "${sums}") # SPDX 2.3, 7.9: of the sorted SHA-1 sums of all files but this document
    sbom_object(package SPDXID SPDXRef-Package name ${part} versionInfo ${SBOM_VERSION}
        downloadLocation NOASSERTION licenseConcluded Apache-2.0 licenseDeclared Apache-2.0
        copyrightText NOASSERTION primaryPackagePurpose APPLICATION)
    file(RELATIVE_PATH own ${CMAKE_INSTALL_PREFIX} ${document})
    string(REGEX REPLACE "}$" ", \"filesAnalyzed\": true, \"licenseInfoFromFiles\": [\"NOASSERTION\"], \"packageVerificationCode\": {\"packageVerificationCodeValue\": \"${code}\", \"packageVerificationCodeExcludedFiles\": [\"./${own}\"]}}"
        package "${package}")
    string(SHA256 identity "${files}${packages}${relationships}")
    string(SUBSTRING ${identity} 0 32 identity)
    sbom_date(date)
    file(WRITE "$ENV{DESTDIR}${document}" "{
\"spdxVersion\": \"SPDX-2.3\",
\"dataLicense\": \"CC0-1.0\",
\"SPDXID\": \"SPDXRef-DOCUMENT\",
\"name\": \"${part}-${SBOM_VERSION}\",
\"documentNamespace\": \"https://spdx.org/spdxdocs/${part}-${SBOM_VERSION}-${identity}\",
\"creationInfo\": {\"created\": \"${date}\", \"creators\": [\"Tool: cryptowatch-sbom-${SBOM_VERSION}\"]},
\"packages\": [
  ${package},
  ${packages}],
\"files\": [
  ${files}],
\"relationships\": [
  ${relationships}]
}
")
    file(CHMOD "$ENV{DESTDIR}${document}" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    message(STATUS "Installing: $ENV{DESTDIR}${document}")
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES ${document})
    set(CMAKE_INSTALL_MANIFEST_FILES "${CMAKE_INSTALL_MANIFEST_FILES}" PARENT_SCOPE)
endfunction()

sbom_write()
