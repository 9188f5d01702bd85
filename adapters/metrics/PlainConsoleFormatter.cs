using System.Globalization;
using Ebb.Core.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Ebb.Metrics;

/// <summary>
/// One line for each message, with its time and its level, and with whatever came from outside unable to end a line or
/// to move the cursor: control characters are written as escapes.
/// </summary>
/// <param name="time">Of this machine.</param>
public sealed class PlainConsoleFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>As the host knows it.</summary>
    public const string FormatterName = "plain";

    /// <summary>Makes it the formatter of the console.</summary>
    public static void Use(IServiceCollection services) =>
        services
            .AddSingleton<ConsoleFormatter>(new PlainConsoleFormatter(TimeProvider.System))
            .Configure<ConsoleLoggerOptions>(options => options.FormatterName = FormatterName);

    /// <inheritdoc/>
    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        ArgumentNullException.ThrowIfNull(textWriter);
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z '", CultureInfo.InvariantCulture));
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(": ");
        textWriter.Write(logEntry.Category);
        textWriter.Write($"[{logEntry.EventId.Id}]: ");
        textWriter.WriteLine(ControlCharacters.Escaped(message));
        // A stack has lines of its own; what its messages hold may be anything.
        if (logEntry.Exception is { } exception)
            foreach (var line in exception.ToString().Split('\n'))
            {
                textWriter.Write("      ");
                textWriter.WriteLine(ControlCharacters.Escaped(line.TrimEnd('\r')));
            }
    }

    private static string Level(LogLevel level) =>
        level switch
        {
            LogLevel.Trace => "trce",
            LogLevel.Debug => "dbug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error => "fail",
            LogLevel.Critical => "crit",
            _ => "none",
        };
}
