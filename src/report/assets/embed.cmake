# cmake -DOUTPUT=… -DSTYLE=… -DSCRIPT=… -P embed.cmake
#
# Writes two files as arrays of C and the functions that give them out (page.h). Depends on nothing but their
# bytes. Refuses an end of its own element: it would end there.
function(embed ret name file)
    file(READ ${file} text)
    string(TOLOWER "${text}" small)
    if(small MATCHES "</s|<!--")
        message(FATAL_ERROR "${file}: holds what ends its element in HTML")
    endif()
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    set(${ret} "static const unsigned char ${name}_bytes[] = {\n${hex}\n};\n\nstruct cw_span cw_asset_${name}(void)
{
    return cw_span_make(${name}_bytes, sizeof(${name}_bytes));
}\n\n" PARENT_SCOPE)
endfunction()

embed(style style ${STYLE})
embed(script script ${SCRIPT})
file(WRITE ${OUTPUT} "#include \"report/page.h\"\n\n${style}${script}")
