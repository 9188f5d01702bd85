using Ebb.Core.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Ebb.Metrics;

/// <summary>
/// Lines as the host's simple formatter writes them, with whatever came from outside unable to end a line or to move
/// the cursor: control characters are written as escapes.
/// </summary>
public sealed class PlainConsoleFormatter() : ConsoleFormatter(FormatterName)
{
    /// <summary>As the host knows it.</summary>
    public const string FormatterName = "plain";

    /// <summary>Makes it the formatter of the console.</summary>
    public static void Use(IServiceCollection services) =>
        services
            .AddSingleton<ConsoleFormatter, PlainConsoleFormatter>()
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
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(": ");
        textWriter.Write(logEntry.Category);
        textWriter.WriteLine($"[{logEntry.EventId.Id}]");
        textWriter.Write("      ");
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
