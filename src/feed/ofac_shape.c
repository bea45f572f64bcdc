#include "feed/ofac_shape.h"

#include <string.h>

#include "base/status.h"

/* One row per place where an element may stand. Found by a walk: the rows of one parent are few,
 * and most of a document is skipped before it comes here. */
static const struct {
    enum cw_ofac_node parent;
    enum cw_ofac_node node;
    const char *name;
} PLACES[] = {
    {OFAC_DOCUMENT, OFAC_ROOT, "Sanctions"},
    {OFAC_ROOT, OFAC_ISSUE, "DateOfIssue"},
    {OFAC_ROOT, OFAC_REFS, "ReferenceValueSets"},
    {OFAC_ROOT, OFAC_PARTIES, "DistinctParties"},
    {OFAC_ROOT, OFAC_RELATIONSHIPS, "ProfileRelationships"},
    {OFAC_ROOT, OFAC_ENTRIES, "SanctionsEntries"},
    {OFAC_REFS, OFAC_FEATURE_TYPES, "FeatureTypeValues"},
    {OFAC_REFS, OFAC_SANCTIONS_TYPES, "SanctionsTypeValues"},
    {OFAC_REFS, OFAC_RELATION_TYPES, "RelationTypeValues"},
    {OFAC_REFS, OFAC_NAME_PART_TYPES, "NamePartTypeValues"},
    {OFAC_REFS, OFAC_NAME_STATUSES, "DocNameStatusValues"},
    {OFAC_REFS, OFAC_RELIABILITIES, "ReliabilityValues"},
    {OFAC_FEATURE_TYPES, OFAC_FEATURE_TYPE, "FeatureType"},
    {OFAC_SANCTIONS_TYPES, OFAC_SANCTIONS_TYPE, "SanctionsType"},
    {OFAC_RELATION_TYPES, OFAC_RELATION_TYPE, "RelationType"},
    {OFAC_NAME_PART_TYPES, OFAC_NAME_PART_TYPE, "NamePartType"},
    {OFAC_NAME_STATUSES, OFAC_NAME_STATUS, "DocNameStatus"},
    {OFAC_RELIABILITIES, OFAC_RELIABILITY, "Reliability"},
    {OFAC_PARTIES, OFAC_PARTY, "DistinctParty"},
    {OFAC_PARTY, OFAC_PROFILE, "Profile"},
    {OFAC_PROFILE, OFAC_IDENTITY, "Identity"},
    {OFAC_PROFILE, OFAC_FEATURE, "Feature"},
    {OFAC_IDENTITY, OFAC_ALIAS, "Alias"},
    {OFAC_IDENTITY, OFAC_GROUPS, "NamePartGroups"},
    {OFAC_ALIAS, OFAC_NAME, "DocumentedName"},
    {OFAC_NAME, OFAC_NAME_PART, "DocumentedNamePart"},
    {OFAC_NAME_PART, OFAC_NAME_VALUE, "NamePartValue"},
    {OFAC_GROUPS, OFAC_MASTER_GROUP, "MasterNamePartGroup"},
    {OFAC_MASTER_GROUP, OFAC_GROUP, "NamePartGroup"},
    {OFAC_FEATURE, OFAC_FEATURE_COMMENT, "Comment"},
    {OFAC_FEATURE, OFAC_VERSION, "FeatureVersion"},
    {OFAC_VERSION, OFAC_FEATURE_COMMENT, "Comment"},
    {OFAC_VERSION, OFAC_DETAIL, "VersionDetail"},
    {OFAC_RELATIONSHIPS, OFAC_RELATIONSHIP, "ProfileRelationship"},
    {OFAC_ENTRIES, OFAC_ENTRY, "SanctionsEntry"},
    {OFAC_ENTRY, OFAC_EVENT, "EntryEvent"},
    {OFAC_ENTRY, OFAC_MEASURE, "SanctionsMeasure"},
    {OFAC_EVENT, OFAC_DATE, "Date"},
    {OFAC_MEASURE, OFAC_MEASURE_COMMENT, "Comment"},
    {OFAC_ISSUE, OFAC_YEAR, "Year"},
    {OFAC_ISSUE, OFAC_MONTH, "Month"},
    {OFAC_ISSUE, OFAC_DAY, "Day"},
    {OFAC_DATE, OFAC_YEAR, "Year"},
    {OFAC_DATE, OFAC_MONTH, "Month"},
    {OFAC_DATE, OFAC_DAY, "Day"},
};

enum cw_ofac_node cw_ofac_child(enum cw_ofac_node parent, const char *name)
{
    CW_ASSERT(parent < OFAC_NODES);
    for (size_t i = 0; i < CW_COUNT(PLACES); i++) {
        if (PLACES[i].parent == parent && strcmp(PLACES[i].name, name) == 0) {
            return PLACES[i].node;
        }
    }
    return OFAC_SKIP;
}

const char *cw_ofac_name(enum cw_ofac_node node)
{
    for (size_t i = 0; i < CW_COUNT(PLACES); i++) {
        if (PLACES[i].node == node) {
            return PLACES[i].name;
        }
    }
    return "element";
}
