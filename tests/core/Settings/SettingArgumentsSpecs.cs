using Ebb.Core.Settings;

namespace Ebb.Tests.Settings;

/// <summary>How arguments name settings.</summary>
public sealed class SettingArgumentsSpecs
{
    [Theory]
    [InlineData("--Power__Act=false", "--Power:Act=false")]
    [InlineData("--Power__Sources__0=nut://a__b@nas/ups", "--Power:Sources:0=nut://a__b@nas/ups")]
    [InlineData("--Power:Act=false", "--Power:Act=false")]
    [InlineData("--Scaler__Act", "--Scaler:Act")]
    [InlineData("a__b", "a__b")]
    public void Two_underscores_of_the_name_are_a_colon_and_those_of_the_value_stay(string argument, string read) =>
        Assert.Equal([read], SettingArguments.Of([argument]));
}
