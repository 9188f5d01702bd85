using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

public sealed class QuantitySpecs
{
    [Theory]
    [InlineData("2", 1000, 2000)]
    [InlineData("1500m", 1000, 1500)]
    [InlineData("0.5", 1000, 500)]
    [InlineData(".25", 1000, 250)]
    [InlineData("1.", 1000, 1000)]
    [InlineData("0.0005", 1000, 1)]
    [InlineData("1n", 1000, 1)]
    [InlineData("250000u", 1000, 250)]
    [InlineData("0", 1000, 0)]
    [InlineData("16Gi", 1, 17179869184)]
    [InlineData("1.5Gi", 1, 1610612736)]
    [InlineData("0.1Ki", 1, 103)]
    [InlineData("128M", 1, 128000000)]
    [InlineData("1e3", 1, 1000)]
    [InlineData("1E3", 1, 1000)]
    [InlineData("1E", 1, 1000000000000000000)]
    [InlineData("1500m", 1, 2)]
    [InlineData("+5", 1, 5)]
    [InlineData("8", 1, 8)]
    [InlineData("7Ei", 1, 8070450532247928832)]
    [InlineData("9Ei", 1, long.MaxValue)]
    [InlineData("99999999999999999999", 1, long.MaxValue)]
    public void A_quantity_is_exact_and_rounds_up(string text, int units, long expected)
    {
        Assert.True(Quantity.TryParse(text, units, out var found));
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("one")]
    [InlineData("1 Gi")]
    [InlineData("1gi")]
    [InlineData("1KI")]
    [InlineData("1.2.3")]
    [InlineData("1e")]
    [InlineData("m")]
    [InlineData("1e99")]
    public void What_is_none_is_refused(string text) => Assert.False(Quantity.TryParse(text, 1000, out _));

    [Theory]
    [InlineData("15%", 184000, 27600)]
    [InlineData("12.5 %", 1000, 125)]
    [InlineData("0%", 1000, 0)]
    [InlineData("100%", 1001, 1001)]
    [InlineData("33.3%", 1000, 333)]
    [InlineData("0.1%", 1, 1)]
    [InlineData("30", 184000, 30000)]
    public void A_reserve_is_a_part_or_an_amount(string text, long allocatable, long expected) =>
        Assert.Equal(expected, Reserve.Parse(text, 1000)!.Value.Of(allocatable));

    [Theory]
    [InlineData("101%")]
    [InlineData("-1%")]
    [InlineData("%")]
    [InlineData("much")]
    [InlineData("1.25%")]
    public void A_reserve_that_is_none_is_refused(string text) => Assert.Null(Reserve.Parse(text, 1000));
}
