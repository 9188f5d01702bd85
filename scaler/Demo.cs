using System.Globalization;
using Ebb.Simulation.Clock;

namespace Ebb.Scaler;

/// <summary>
/// Runs the scaler on the demo's clock. Each line of standard input, an instant and a speed, sets that clock; the end
/// of the input ends
/// this process. The only file that uses the simulation, which has the clock; a native image is built without it.
/// </summary>
internal sealed class Demo
{
    private readonly TextReader _input;

    private Demo(TextReader input, SimulationClock clock) => (_input, Clock) = (input, clock);

    public SimulationClock Clock { get; }

    /// <summary>Waits for the first line.</summary>
    /// <exception cref="IOException">The input ended first, or begins with something else.</exception>
    public static async Task<Demo> AttachAsync(TextReader input, CancellationToken cancellationToken)
    {
        if (Read(await input.ReadLineAsync(cancellationToken)) is not var (now, speed))
            throw new IOException(
                "Scaler__FollowInput: expected an instant and a speed on standard input, found neither"
            );
        return new Demo(input, new SimulationClock(now, speed));
    }

    /// <summary>Follows until the input ends.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (await _input.ReadLineAsync(cancellationToken) is { } line)
        {
            if (Read(line) is not var (now, speed))
                continue;
            Clock.Speed = speed;
            // Never backwards: answers that were given cannot be taken back.
            var behind = now - Clock.GetUtcNow();
            if (behind > TimeSpan.Zero)
                Clock.Advance(behind);
        }
    }

    private static (DateTimeOffset Now, double Speed)? Read(string? line) =>
        line?.Split(' ') is [var instant, var factor]
        && DateTimeOffset.TryParseExact(instant, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var now)
        && double.TryParse(factor, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed)
        && speed is > 0 and <= 3600
            ? (now, speed)
            : null;
}
