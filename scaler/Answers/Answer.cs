using Ebb.Core.Capacity;
using Ebb.Core.Claims;
using NodaTime;

namespace Ebb.Scaler.Answers;

/// <summary>What one trigger is answered.</summary>
internal abstract record Answer
{
    private Answer() { }

    /// <summary>Until when it holds if nothing else changes, exclusive; null: for good.</summary>
    public Instant? Until { get; init; }

    /// <summary>A number of replicas; 0 means inactive.</summary>
    /// <param name="Replicas">0 to the trigger's maximum.</param>
    /// <param name="Decision">What it follows from.</param>
    /// <param name="Capacity">The numbers behind it; null: it does not follow spare capacity.</param>
    public sealed record Size(int Replicas, Decision Decision, CapacityNumbers? Capacity) : Answer
    {
        public bool IsActive => Replicas > 0;

        /// <summary>A formula of the ScaledObject computes with it.</summary>
        public bool InFormula { get; init; }

        /// <summary>
        /// The metric. An HPA with a metric of 0 goes to its minimum, so that without a formula zero is only said
        /// through IsActive; a formula decides by its result and must see the 0.
        /// </summary>
        public int Metric => InFormula ? Replicas : Math.Max(1, Replicas);
    }

    /// <summary>It is not known.</summary>
    public sealed record Unknown(string Why) : Answer;

    /// <summary>The trigger asks for something that does not exist.</summary>
    public sealed record Invalid(string Why) : Answer;
}

/// <summary>Spare capacity at one moment.</summary>
/// <param name="Figures">What fits; the last known numbers while they are not <paramref name="Trusted"/>.</param>
/// <param name="Growth">The count that is answered, which grows step by step.</param>
/// <param name="Trusted">The numbers are current.</param>
internal sealed record CapacityNumbers(CapacityFigures Figures, Growth Growth, bool Trusted);
