-- What is called $1 in messages is called $2.
UPDATE rehome.reject SET message = replace(message, $1, $2) WHERE strpos(message, $1) > 0
