using Ebb.Engine.Commands;

namespace Ebb.Tests.Commands;

/// <summary>What the arguments of a program mean.</summary>
public sealed class CommandLineSpecs
{
    [Theory]
    [InlineData("", "Run")]
    [InlineData("--Power__Act=false", "Run")]
    [InlineData("--help", "Help")]
    [InlineData("check -h", "Help")]
    [InlineData("--version", "Version")]
    [InlineData("check", "Check")]
    [InlineData("plan --Power__Act=false", "Plan")]
    [InlineData("release --all", "ReleaseAll")]
    public void A_command_comes_first_and_settings_after_it(string text, string command)
    {
        var line = CommandLine.Read(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((command, null), (line.Command.ToString(), line.Fault));
    }

    [Fact]
    public void Settings_are_named_as_the_environment_names_them() =>
        Assert.Equal(["--Power:Act=false"], CommandLine.Read(["check", "--Power__Act=false"]).Settings);

    [Theory]
    [InlineData("relese --all", "relese")]
    [InlineData("release", "release")]
    [InlineData("check twice", "twice")]
    [InlineData("--hlep", "--hlep")]
    [InlineData("--Power__Act false", "--Power__Act")]
    public void Anything_else_is_refused_by_name(string text, string wrong) =>
        Assert.EndsWith($"found \"{wrong}\"", CommandLine.Read(text.Split(' ')).Fault, StringComparison.Ordinal);
}
