using System.Text;
using Vitrine.Egress.Secrets;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Secrets;

public sealed class SecretSetTests
{
    private const string Value = "real/valu\"e+7";

    private readonly SecretValue _token = new(
        new SecretPlan
        {
            Name = "TOKEN",
            From = new SecretSource(SecretSourceKind.Environment, "X", []),
            Hosts = ["api.example.org", "*.example.net"],
            Headers = ["Authorization", "X-Api-Key"],
            BodyFields = ["password"],
        }, Value);

    private readonly SecretValue _other = new(
        new SecretPlan { Name = "OTHER", From = new SecretSource(SecretSourceKind.Environment, "Y", []), Hosts = ["other.example.org"] }, "other-value");

    private readonly SecretSet _set;
    private readonly SecretUse _use = new();

    public SecretSetTests() => _set = new SecretSet([_token, _other]);

    [Theory]
    [InlineData("Bearer {0}", "Bearer {0}")]
    [InlineData("{0}", "{0}")]
    [InlineData("token {0}, {0}", "token {0}, {0}")]
    public void Header_NamedOne_HoldsTheValue(string form, string expected)
    {
        Assert.Equal(string.Format(null, expected, Value), Header("authorization", string.Format(null, form, _token.Placeholder)));
        Assert.True(_use.IsAny);
    }

    [Fact]
    public void Header_BasicCredentials_AreDecodedAndEncodedAgain()
    {
        string sent = Header("Authorization", "basic " + Base64($"git:{_token.Placeholder}"));
        Assert.Equal("Basic " + Base64($"git:{Value}"), sent);
        Assert.Contains(_use.Pairs, pair => Encoding.ASCII.GetString(pair.Sent) == Base64($"git:{Value}"));
    }

    [Fact]
    public void Header_WithoutPlaceholder_IsTheSame()
    {
        string value = "Basic " + Base64("user:password");
        Assert.Same(value, Header("Authorization", value));
        Assert.False(_use.IsAny);
    }

    [Theory]
    [InlineData("X-Other", "{0}")]
    [InlineData("Cookie", "a=1; b={0}")]
    [InlineData("Authorization", "Bearer {1}")]
    [InlineData("Authorization", "Bearer {0} {1}")]
    public void Header_NotThePlace_IsRefused(string header, string form)
    {
        SecretMisplacedException error = Assert.Throws<SecretMisplacedException>(
            () => Header(header, string.Format(null, form, _token.Placeholder, _other.Placeholder)));
        Assert.DoesNotContain(Value, error.ToString(), StringComparison.Ordinal);
        Assert.Contains(header, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Header_EncodedPlaceholderAtTheNamedPlace_IsRefusedRatherThanLeft()
    {
        Assert.Throws<SecretMisplacedException>(() => Header("Authorization", "Bearer " + Base64("x" + _token.Placeholder)));
        Assert.Throws<SecretMisplacedException>(() => Header("Authorization", "Bearer " + _token.Placeholder.Replace("-", "%2d", StringComparison.Ordinal)));
        Assert.Throws<SecretMisplacedException>(() => Header("X-Else", "Basic " + Base64($"u:{_token.Placeholder}")));
    }

    [Fact]
    public void For_HostsAndTls_DecideTogether()
    {
        Assert.Equal([_token], _set.For("api.example.org", true));
        Assert.Equal([_token], _set.For("a.example.net", true));
        Assert.Empty(_set.For("api.example.org", false));
        Assert.Empty(_set.For("example.net", true));
        Assert.Empty(_set.For("xapi.example.org", true));
    }

    [Fact]
    public void With_ChangedRules_KeepsValuesAndPlaceholders()
    {
        SecretSet changed = _set.With([_token.Plan with { Hosts = ["new.example.org"] }]);
        Assert.Equal(_token.Placeholder, changed.For("new.example.org", true).Single().Placeholder);
        Assert.Empty(changed.For("api.example.org", true));
        Assert.Throws<SecretMisplacedException>(() => changed.Refuse("/" + _other.Placeholder, "in the path"));
    }

    [Fact]
    public void Put_JsonField_IsReplacedAtTheTopLevelAlone()
    {
        string body = $$"""{ "user":"x", "password" : "{{_token.Placeholder}}", "n": 1.50, "deep":{"password":"plain"} }""";
        (byte[] sent, byte[] without) = BodySubstitution.Put(_set.For("api.example.org", true), "application/json; charset=utf-8", Encoding.UTF8.GetBytes(body), _use);
        Assert.Equal($$"""{ "user":"x", "password" : "real/valu\"e+7", "n": 1.50, "deep":{"password":"plain"} }""", Encoding.UTF8.GetString(sent));
        _set.Refuse(without, "in the body");
    }

    [Theory]
    [InlineData("""{"deep":{"password":"PLACE"}}""")]
    [InlineData("""{"other":"PLACE"}""")]
    [InlineData("""["PLACE"]""")]
    [InlineData("""{"password":"PLACE","other":"PLACE"}""")]
    [InlineData("""{"password":"PLACE" no json""")]
    public void Put_OtherPlacesOfJson_AreLeftForTheLastLookToRefuse(string form)
    {
        byte[] body = Encoding.UTF8.GetBytes(form.Replace("PLACE", _token.Placeholder, StringComparison.Ordinal));
        (_, byte[] without) = BodySubstitution.Put(_set.For("api.example.org", true), "application/json", body, _use);
        Assert.Throws<SecretMisplacedException>(() => _set.Refuse(without, "in the body"));
    }

    [Fact]
    public void Put_FormField_IsReplaced()
    {
        byte[] body = Encoding.UTF8.GetBytes($"user=a+b&password={_token.Placeholder}&x=%20");
        (byte[] sent, byte[] without) = BodySubstitution.Put(_set.For("api.example.org", true), "application/x-www-form-urlencoded", body, _use);
        Assert.Equal("user=a+b&password=real%2Fvalu%22e%2B7&x=%20", Encoding.UTF8.GetString(sent));
        _set.Refuse(without, "in the body");
    }

    private string Header(string header, string value) => _set.Header(_set.For("api.example.org", true), header, value, _use);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
