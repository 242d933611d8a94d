/** A configuration as people write it: comments, blank lines, odd spacing, foreign keys, a broken block. */
export const handWritten = `# my accounts, see the wiki
title = "kept"

[accounts.team]   # the main one
type = "service_account"
region = "us" # moved from eu in 2024
default_project = "3018488"

  # do not share
username = "team-user"
secret = 'team-secret'

[accounts."ci"]
type = 'oauth_token'
region = "eu"
default_project = "77"
token_env = "CI_TOKEN"


# broken by hand, on purpose
[accounts.foreign]
type = "service_acount"
colour = "blue" # a key of somebody else

[accounts.me]
type = "oauth_browser"
region = "in"

[active] # now
account = "team"
workspace = 5 # the pin

[targets.ecom]
account = "team"
project = "3018488"
workspace = 7

[targets."my shop"]
account = "ci"
project = "78"

[settings]
theme = "dark" # unknown to us
list = [ 1, 2,
  3 ] # over lines

[settings.custom_header]
name = "X-C"
value = "v"
# the end
`
