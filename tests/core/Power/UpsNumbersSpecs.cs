using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

public class UpsNumbersSpecs
{
    [Theory]
    [InlineData("100", 100.0)]
    [InlineData("100.0", 100.0)]
    [InlineData(" 96.90", 96.9)]
    [InlineData("21,52", 21.52)]
    [InlineData("0", 0.0)]
    [InlineData("000.0", 0.0)]
    [InlineData("-197.6", null)]
    [InlineData("102.3", null)]
    [InlineData("120", null)]
    [InlineData("255", null)]
    [InlineData("1000", null)]
    [InlineData("", null)]
    [InlineData("nan", null)]
    [InlineData("1e2", null)]
    [InlineData("12.34.56", null)]
    [InlineData(null, null)]
    public void A_charge_that_cannot_be_true_is_unknown(string? text, double? expected) =>
        Assert.Equal(expected, UpsNumbers.Charge(text));

    [Theory]
    [InlineData("1380", 1380)]
    [InlineData("01406", 1406)]
    [InlineData("70680.00", 70680)]
    [InlineData("1", 1)]
    [InlineData("0", null)]
    [InlineData("00000", null)]
    [InlineData("0.00", null)]
    [InlineData("-1", null)]
    [InlineData("-60.0", null)]
    [InlineData("65535", null)]
    [InlineData("3932100", null)]
    [InlineData("36:00", null)]
    [InlineData(" 1:57", null)]
    [InlineData("2299999999999999400000000000000000000000000", null)]
    [InlineData(null, null)]
    public void A_runtime_that_cannot_be_true_is_unknown_and_never_a_trigger(string? text, int? seconds) =>
        Assert.Equal(seconds is { } s ? Duration.FromSeconds(s) : (Duration?)null, UpsNumbers.Runtime(text));

    [Theory]
    [InlineData("100", "1380", null)]
    [InlineData(null, null, null)]
    [InlineData("100", "65535", "runtime \"65535\" is not believed")]
    [InlineData("255", "-60", "charge \"255\" is not believed; runtime \"-60\" is not believed")]
    [InlineData("100", "0", null)]
    [InlineData("1\n2", null, "charge \"1 2\" is not believed")]
    public void What_cannot_be_true_is_told(string? charge, string? runtime, string? told) =>
        Assert.Equal(told, UpsNumbers.Disbelieved(charge, runtime));

    [Theory]
    [InlineData("17", 17.0)]
    [InlineData("150", 150.0)]
    [InlineData("562020", null)]
    [InlineData("22999999999999994000", null)]
    public void A_load_that_cannot_be_true_is_unknown(string text, double? expected) =>
        Assert.Equal(expected, UpsNumbers.Load(text));
}
