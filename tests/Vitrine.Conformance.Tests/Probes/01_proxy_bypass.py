#: number: 1
#: network: outside
#: title: Around the proxies
#: technique: Unset the proxy variables, tell curl to use no proxy, and give it the denied host's address by --resolve and --connect-to.
#: reference: REQUIREMENTS N1; curl(1)
#: expected: no such name, or a reset, in under two seconds
#: control: curl without a sandbox fetches from the denied host by each of them
#: egress: {allow: [www.allowed.example, "www.allowed.example:80"]}
#: records: raw-address

os.environ["http_proxy"] = os.environ["https_proxy"] = "" if CONTROL else os.environ.get("http_proxy", "")


@refused("no-variables")
def _():
    for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
        del os.environ[name]
    return curl("https://%s/" % DENIED_HOST)


for _name, _options in {
    "noproxy": ("--noproxy", "*", "https://%s/" % DENIED_HOST),
    "noproxy-http": ("--noproxy", "*", "http://%s/" % DENIED_HOST),
    "resolve": ("--noproxy", "*", "--resolve", "%s:443:%s" % (DENIED_HOST, CANARY), "https://%s/" % DENIED_HOST),
    "resolve-allowed-name": ("--noproxy", "*", "--resolve", "%s:443:%s" % (ALLOWED, CANARY), "https://%s/" % ALLOWED),
    "connect-to": ("--noproxy", "*", "--connect-to", "%s:443:%s:443" % (ALLOWED, CANARY), "https://%s/" % ALLOWED),
    "connect-to-name": ("--noproxy", "*", "--connect-to", "%s:443:%s:443" % (ALLOWED, DENIED_HOST), "https://%s/" % ALLOWED),
    "address-url": ("--noproxy", "*", "http://%s/" % CANARY),
}.items():
    refused(_name)(lambda options=_options: curl(*options))

works("allowed")(lambda: curl("https://%s/" % ALLOWED))


run()
