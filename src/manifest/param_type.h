/* What a param's value must look like, for the types whose form is simple. The server has the last word. */
#pragma once

/* What `value` should be instead ("not a whole number"); NULL when it fits or the type is none we check. */
const char *param_type_mismatch(const char *type, const char *value);
