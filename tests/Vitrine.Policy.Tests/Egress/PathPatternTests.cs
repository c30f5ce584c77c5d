using Vitrine.Policy.Egress;

namespace Vitrine.Policy.Tests.Egress;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("/", "/", true)]
    [InlineData("/", "/x", false)]
    [InlineData("/v1/x", "/v1/x", true)]
    [InlineData("/v1/x", "/V1/x", false)]
    [InlineData("/v1/x", "/v1/x/", false)]
    [InlineData("/v1/x", "/v1/%78", false)]
    [InlineData("/v1/*", "/v1/x", true)]
    [InlineData("/v1/*", "/v1/x/y", true)]
    [InlineData("/v1/*", "/v1/", false)]
    [InlineData("/v1/*", "/v1", false)]
    [InlineData("/v1/*", "/v10/x", false)]
    [InlineData("/*", "/anything", true)]
    [InlineData("/repos/*/contents", "/repos/a/b/contents", true)]
    [InlineData("/repos/*/contents", "/repos//contents", true)]
    [InlineData("/repos/*/contents", "/repos/contents", false)]
    [InlineData("/repos/*/contents", "/repos/a/contents/b", false)]
    [InlineData("/a*b*c", "/axxbyyc", true)]
    [InlineData("/a*b*c", "/abc", true)]
    [InlineData("/a*b*c", "/acb", false)]
    [InlineData("/ab*ba", "/aba", false)]
    public void Matches_Pattern_CoversWhatItSays(string pattern, string path, bool covered) =>
        Assert.Equal(covered, PathPattern.Matches(pattern, path));

    [Theory]
    [InlineData("/v1/x")]
    [InlineData("/v1/a%20b")]
    [InlineData("/@scope%2fname")]
    [InlineData("/v1/..x/x../...")]
    [InlineData("/v1/%C3%BC")]
    [InlineData("/v1/100%")]
    [InlineData("/v1/a;b")]
    public void FormError_PlainPath_IsNull(string path) => Assert.Null(PathPattern.FormError(path));

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("v1")]
    [InlineData("http://example.org/v1")]
    [InlineData("/v1/../admin")]
    [InlineData("/v1/..")]
    [InlineData("/v1/./x")]
    [InlineData("/v1/%2e%2e/admin")]
    [InlineData("/v1/.%2E/admin")]
    [InlineData("/v1/..%2fadmin")]
    [InlineData("/v1/%2e%2e%2fadmin")]
    [InlineData("/v1/%252e%252e/admin")]
    [InlineData("/v1/%25252e%25252e/admin")]
    [InlineData("/v1/%2525252525252e/admin")]
    [InlineData("/v1/..;/admin")]
    [InlineData("/v1/..;a=b/admin")]
    [InlineData("/v1/..%3b/admin")]
    [InlineData("/v1\\..\\admin")]
    [InlineData("/v1%5c..%5cadmin")]
    [InlineData("/v1/x%00")]
    [InlineData("/v1/x%0d%0aHost:y")]
    [InlineData("/v1/x y")]
    [InlineData("/v1/\x01")]
    public void FormError_PathWithSeveralReadings_SaysWhy(string path) => Assert.NotNull(PathPattern.FormError(path));
}
