using NodaTime;

namespace Ebb.Engine.Clocks;

/// <summary>The one place where a clock becomes an instant.</summary>
internal static class Clock
{
    public static Instant Now(this TimeProvider time) => Instant.FromDateTimeOffset(time.GetUtcNow());
}
