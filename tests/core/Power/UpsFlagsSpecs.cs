using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

public class UpsFlagsSpecs
{
    [Theory]
    [InlineData("OL", "OL")]
    [InlineData("ol chrg", "OL CHRG")]
    [InlineData("  OB\tDISCHRG  LB ", "OB DISCHRG LB")]
    [InlineData("OB OB", "OB")]
    [InlineData("OL vendor:apc:HE", "OL VENDOR:APC:HE")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    public void A_status_is_its_words_in_upper_case_each_once(string text, string expected) =>
        Assert.Equal(expected, UpsFlags.Parse(text).ToString());

    [Fact]
    public void An_endless_status_is_cut() =>
        Assert.Equal(
            UpsFlags.MaximumTokens,
            UpsFlags.Parse(string.Join(' ', Enumerable.Range(0, 1000).Select(i => $"X{i}"))).Tokens.Count
        );

    [Fact]
    public void Ignored_words_are_taken_out_and_the_others_stay() =>
        Assert.Equal("OL", UpsFlags.Parse("FSD OL LB").Without(["FSD", "LB"]).ToString());
}
