namespace Ebb.Core.Settings;

/// <summary>Arguments of a program that are settings.</summary>
public static class SettingArguments
{
    /// <summary>
    /// The same with colons in their names, as .NET reads those of the environment, so that one name is one setting and
    /// the argument, which is read last, wins.
    /// </summary>
    public static string[] Of(IEnumerable<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return [.. arguments.Select(WithColons)];
    }

    private static string WithColons(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
            return argument;
        var end = argument.IndexOf('=', StringComparison.Ordinal);
        var name = end < 0 ? argument : argument[..end];
        return name.Replace("__", ":", StringComparison.Ordinal) + argument[name.Length..];
    }
}
