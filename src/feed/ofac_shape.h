/* ofac_shape.h: the elements of OFAC's advanced XML that we read, and where each may stand.
 *
 * Knows names and nesting only (ADVANCED_XML.xsd, version 3). Everything else in the document is
 * OFAC_SKIP, with all that is in it.
 */
#ifndef CW_FEED_OFAC_SHAPE_H
#define CW_FEED_OFAC_SHAPE_H

enum cw_ofac_node {
    OFAC_SKIP,
    OFAC_DOCUMENT, /* what the root element stands in */
    OFAC_ROOT,

    OFAC_ISSUE, /* the sections, in the order of the schema */
    OFAC_REFS,
    OFAC_PARTIES,
    OFAC_RELATIONSHIPS,
    OFAC_ENTRIES,

    OFAC_FEATURE_TYPES, /* sets of reference values, in the order of enum cw_ofac_ref_kind */
    OFAC_SANCTIONS_TYPES,
    OFAC_RELATION_TYPES,
    OFAC_NAME_PART_TYPES,
    OFAC_NAME_STATUSES,
    OFAC_RELIABILITIES,
    OFAC_FEATURE_TYPE, /* their values, in the same order */
    OFAC_SANCTIONS_TYPE,
    OFAC_RELATION_TYPE,
    OFAC_NAME_PART_TYPE,
    OFAC_NAME_STATUS,
    OFAC_RELIABILITY,

    OFAC_PARTY,
    OFAC_PROFILE,
    OFAC_IDENTITY,
    OFAC_ALIAS,
    OFAC_NAME,
    OFAC_NAME_PART,
    OFAC_NAME_VALUE,
    OFAC_GROUPS,
    OFAC_MASTER_GROUP,
    OFAC_GROUP,
    OFAC_FEATURE,
    OFAC_FEATURE_COMMENT,
    OFAC_VERSION,
    OFAC_DETAIL,

    OFAC_RELATIONSHIP,
    OFAC_ENTRY,
    OFAC_EVENT,
    OFAC_DATE,
    OFAC_MEASURE,
    OFAC_MEASURE_COMMENT,

    OFAC_YEAR, /* of a date of issue or of an event */
    OFAC_MONTH,
    OFAC_DAY,
    OFAC_NODES,
};

/** What an element is, by its local name and by what it stands in. */
enum cw_ofac_node cw_ofac_child(enum cw_ofac_node parent, const char *name);
/** Its local name, for error texts. */
const char *cw_ofac_name(enum cw_ofac_node node);

#endif
