using Ebb.Core.Settings;

namespace Ebb.Tests.Settings;

/// <summary>What is said of settings that nobody reads.</summary>
public sealed class SettingsReaderSpecs
{
    [Theory]
    [InlineData("Power:Akt", "Power__Akt: expected Power__Act")]
    [InlineData("Power_Act", "Power_Act: expected Power__Act")]
    [InlineData("POWER_ACT", "POWER_ACT: expected Power__Act")]
    [InlineData("Powr:Act", "Powr__Act: expected Power__Act")]
    [InlineData("Power_Sources_0", "Power_Sources_0: expected Power__Sources__0")]
    [InlineData("Power:Sources:2", "Power__Sources__2: expected Power__Sources__1")]
    public void A_misspelt_setting_is_told_with_the_name_that_was_probably_meant(string key, string expected) =>
        Assert.Equal([expected + ", found a setting that does not exist"], Faults((key, "x")));

    [Fact]
    public void One_that_is_near_to_nothing_is_told_with_all_names_of_its_section() =>
        Assert.Equal(
            [
                "Power__Voltage: expected one of Power__Act, Power__Sources__0, Power__Sources__1, "
                    + "found a setting that does not exist",
            ],
            Faults(("Power:Voltage", "230"))
        );

    [Theory]
    [InlineData("PATH")]
    [InlineData("POWERACT")]
    [InlineData("Logging:LogLevel:Default")]
    [InlineData("HTTP_PROXY")]
    [InlineData("EBB_OPERATOR_SERVICE_HOST")]
    [InlineData("Power:Act")]
    [InlineData("Power__Act")]
    public void What_belongs_to_others_and_what_is_known_is_no_fault(string key) => Assert.Empty(Faults((key, "true")));

    [Fact]
    public void The_command_line_may_write_two_underscores_in_place_of_a_colon()
    {
        var reader = new SettingsReader([new("Power__Act", "false")]);
        Assert.False(reader.Flag("Power__Act", true));
    }

    private static IEnumerable<string> Faults((string Key, string Value) extra)
    {
        var reader = new SettingsReader([new("Power:Sources:0", "nut://nas/ups"), new(extra.Key, extra.Value)]);
        reader.Flag("Power__Act", true);
        reader.Items("Power__Sources", 8);
        reader.RefuseUnknown("Power", "Ebb");
        return reader.Faults.Select(fault => fault.ToString());
    }
}
