namespace Vitrine.Policy.Validation;

/// <summary>
/// Suffixes below which unrelated people have names. The full list, with thousands of entries, is the Public Suffix List that browsers
/// go by (publicsuffix.org, both of its sections); these are those an allow-list is likely to meet: the second levels of countries, and hosting,
/// storage and delivery services that give every customer a name. A suffix that is missing here is not caught.
/// </summary>
internal static class PublicSuffixes
{
    /// <summary>Second levels that countries hand names out below: `co.uk`, `com.au`, `ac.jp`.</summary>
    private static readonly HashSet<string> s_secondLevels = new(StringComparer.Ordinal)
    {
        "ac", "co", "com", "ed", "edu", "firm", "gen", "go", "gob", "gouv", "gov", "govt", "gv", "id", "ind", "info", "ltd", "me", "mil",
        "mod", "ne", "net", "nhs", "nic", "nom", "or", "org", "plc", "police", "res", "sch", "school", "web",
    };

    /// <summary>Services where everybody can have content under a name of the operator's, whose front ends tell them apart by the Host
    /// header.</summary>
    private static readonly HashSet<string> s_delivery = new(StringComparer.Ordinal)
    {
        "akamai.net", "akamaihd.net", "akamaized.net", "edgekey.net", "edgesuite.net", "amazonaws.com", "azureedge.net", "azurefd.net",
        "b-cdn.net", "cdn77.org", "cloudfront.net", "cloudflare.net", "fastly.net", "fastlylb.net", "googleapis.com", "gcdn.co",
        "googleusercontent.com", "hwcdn.net", "kxcdn.com", "r2.dev", "stackpathdns.com", "workers.dev",
    };

    private static readonly HashSet<string> s_hosting = new(StringComparer.Ordinal)
    {
        // Storage and functions of the large clouds.
        "aliyuncs.com", "appspot.com", "awsapprunner.com", "azure-api.net", "azurecontainer.io", "azurestaticapps.net", "azurewebsites.net",
        "blob.core.windows.net", "cloudapp.azure.com", "cloudapp.net", "cloudfunctions.net", "core.windows.net", "digitaloceanspaces.com",
        "elasticbeanstalk.com", "execute-api.us-east-1.amazonaws.com", "firebaseapp.com", "linodeobjects.com", "myqcloud.com",
        "ondigitalocean.app", "on.aws", "oraclecloudapps.com", "run.app", "s3.amazonaws.com", "trafficmanager.net", "vultrobjects.com",
        "wasabisys.com", "web.app", "web.core.windows.net", "windows.net",

        // Pages, applications, sites.
        "bitbucket.io", "blogspot.com", "deno.dev", "fly.dev", "framer.app", "gitbook.io", "github.dev", "github.io",
        "githubpreview.dev", "githubusercontent.com", "gitlab.io", "glitch.me", "herokuapp.com", "hf.space", "itch.io", "lovable.app",
        "modal.run", "myshopify.com", "neocities.org", "netlify.app", "ngrok-free.app", "ngrok.app", "ngrok.dev", "ngrok.io", "nip.io",
        "now.sh", "onrender.com", "pages.dev", "pythonanywhere.com", "railway.app", "readthedocs.io", "repl.co", "replit.app",
        "replit.dev", "shopifypreview.com", "sslip.io", "streamlit.app", "substack.com", "supabase.co", "surge.sh", "trycloudflare.com",
        "tumblr.com", "up.railway.app", "vercel.app", "webflow.io", "weebly.com", "wixsite.com", "wordpress.com", "xip.io",

        // Names that follow a machine about.
        "ddns.net", "duckdns.org", "dyndns.org", "dynu.net", "freeddns.org", "hopto.org", "loca.lt", "localtunnel.me", "no-ip.org",
        "serveo.net", "ts.net", "zapto.org",

        // Domains sold below.
        "br.com", "cn.com", "co.com", "com.de", "de.com", "eu.com", "eu.org", "gb.net", "jp.net", "jpn.com", "ru.com", "sa.com", "se.net",
        "uk.com", "uk.net", "us.com", "us.org", "za.com",
    };

    /// <summary>Whether anybody can have a name below this one, in normal form.</summary>
    public static bool Contains(string name)
    {
        string[] labels = name.Split('.');
        return labels.Length == 1 || s_delivery.Contains(name) || s_hosting.Contains(name)
            || (labels is [var second, { Length: 2 }] && s_secondLevels.Contains(second));
    }

    /// <summary>The delivery service that a host, in normal form, belongs to; null when it is none of the known.</summary>
    public static string? DeliveryService(string name)
    {
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (s_delivery.Contains(name[(dot + 1)..])) return name[(dot + 1)..];
        }

        return null;
    }
}
