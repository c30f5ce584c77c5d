using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Vitrine.Egress.Secrets;
using Vitrine.Policy.Plans;

namespace Vitrine.Egress.Tests.Secrets;

/// <summary>Placeholders on their way out, and values on their way back, whatever the pieces are.</summary>
public sealed class ScannerTests
{
    private static readonly SecretValue s_secret = new(
        new SecretPlan { Name = "TOKEN", From = new SecretSource(SecretSourceKind.Environment, "X", []), Hosts = ["api.example.org"] }, "the-value-of-it");

    private static readonly PlaceholderText[] s_texts = [new(s_secret)];

    public static TheoryData<string> Forms
    {
        get
        {
            string place = s_secret.Placeholder;
            var forms = new TheoryData<string>
            {
                place, place.Replace("-", "%2D", StringComparison.Ordinal), string.Concat(place.Select(character => $"%{(int)character:x2}")),
                string.Concat(place.Select(character => $"%25{(int)character:X2}")), "%7" + "6" + place[1..], place.Replace("t", "%74", StringComparison.Ordinal),
            };
            for (int before = 0; before < 4; before++)
            {
                string encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('?', before) + place + "~~"));
                forms.Add(encoded);
                forms.Add(encoded.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
                forms.Add(Uri.EscapeDataString(encoded));
            }

            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Find_EachForm_CutAtEachPlace_IsFound(string form)
    {
        byte[] bytes = Encoding.ASCII.GetBytes("before % %2 " + form + " after");
        for (int cut = 0; cut < bytes.Length; cut++)
        {
            var scanner = new PlaceholderScanner(s_texts);
            Assert.Same(s_secret, scanner.Find(bytes.AsSpan(0, cut)) ?? scanner.Find(bytes.AsSpan(cut)));
        }

        var one = new PlaceholderScanner(s_texts);
        Assert.Contains(bytes, value => one.Find([value]) is not null);
    }

    [Fact]
    public void Find_WhatIsNone_FindsNothing()
    {
        foreach (string text in (string[])["vitrine-secret-TOKEN-", s_secret.Placeholder[..^1], "%", "%%%", "%2", "%zz%4", "", "vitrine-secret-TOKEN-00000000000000000000000000000000"])
            Assert.Null(PlaceholderScanner.Find(s_texts, text + new string(' ', 64)));
    }

    [Fact]
    public void Pass_AnyPieces_ReplacesEveryEcho() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<int[]>>(), cuts =>
        {
            var use = new SecretUse();
            use.Add(s_secret);
            byte[] all = Encoding.ASCII.GetBytes("the-value-of-i the-value-of-it, the-the-value-of-it the-value-of-itthe-value-of-it the-val");
            string expected = Encoding.ASCII.GetString(all).Replace("the-value-of-it", s_secret.Placeholder, StringComparison.Ordinal);
            var filter = new EchoFilter(use, keepsLength: false);
            var passed = new StringBuilder();
            int at = 0;
            foreach (int cut in cuts.Get)
            {
                int length = (int)((uint)cut % 9) is var wanted && wanted < all.Length - at ? wanted : 0;
                passed.Append(Encoding.ASCII.GetString(filter.Pass(all.AsSpan(at, length), false).Span));
                at += length;
            }

            passed.Append(Encoding.ASCII.GetString(filter.Pass(all.AsSpan(at), true).Span));
            return passed.ToString() == expected;
        }));

    [Fact]
    public void Pass_LengthAlreadyTold_KeepsIt()
    {
        var use = new SecretUse();
        use.Add(s_secret);
        byte[] all = "x=the-value-of-it;"u8.ToArray();
        ReadOnlyMemory<byte> passed = new EchoFilter(use, keepsLength: true).Pass(all, true);
        Assert.Equal("x=vitrine-secret-;", Encoding.ASCII.GetString(passed.Span));
    }

    [Fact]
    public void Clean_JsonPercentAndShortForms_AreReplacedWhereTheyCanBe()
    {
        var secret = new SecretValue(s_secret.Plan, "a\"b c/d+longer");
        var use = new SecretUse();
        use.Add(secret);
        Assert.Equal($"v={secret.Placeholder}", EchoFilter.Clean(use, "v=a%22b%20c%2Fd%2Blonger"));
        Assert.Equal($"v={secret.Placeholder}", EchoFilter.Clean(use, "v=a\\\"b c/d+longer"));
        var brief = new SecretUse();
        brief.Add(new SecretValue(s_secret.Plan, "abc"));
        Assert.Equal("abc", EchoFilter.Clean(brief, "abc"));
    }
}
