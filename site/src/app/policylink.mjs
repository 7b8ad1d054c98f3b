// Where a figure stands on its region's policy page.

/**
 * The id of a figure there: the brackets of its rule, which an address may not hold,
 * become dots. employee.inpatient.bands.table[1] is employee.inpatient.bands.table.1.
 * @param {string} rule
 */
export const policyAnchor = (rule) => rule.replaceAll('[', '.').replaceAll(']', '')

/**
 * The address of a region's page, or of one figure on it, from a page of the same
 * language at its top folder, such as the Estimate.
 * @param {string} region @param {string} [rule]
 */
export const policyLink = (region, rule) => `policies/${region}/` + (rule ? '#' + policyAnchor(rule) : '')
