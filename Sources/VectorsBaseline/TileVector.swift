import CVector
import VectorInterface

/// The vectors of kernels with many live values: as wide as the registers of the instruction set.
typealias TileVector = cvector_tile

/// Calls `body` for each vector of a pixel's channels, with the channel that it begins with and its
/// offset in a row of panels.
///
/// - Parameters:
///   - channels: The number of channels.
///   - panelStride: Floats from one panel to the next.
///   - whole: Takes each whole vector.
///   - part: Takes the rest, with the number of its lanes.
@inline(__always)
func forEachTileVector(
    of channels: Int, panelStride: Int,
    whole: (_ access: WholeVector, _ channel: Int, _ offset: Int) -> Void,
    part: (_ access: PartVector, _ channel: Int, _ offset: Int) -> Void
) {
    let width = TileVector.scalarCount
    var channel = 0
    while channel &+ width <= channels {
        whole(WholeVector(), channel, channel / 16 &* panelStride &+ channel % 16)
        channel &+= width
    }
    if channel < channels {
        part(
            PartVector(lanes: channels &- channel), channel,
            channel / 16 &* panelStride &+ channel % 16)
    }
}

/// How a kernel reads and writes the vectors of a run: a type for whole vectors and one for the rest,
/// so that long kernels are built once for each and have no branch inside.
protocol LaneAccess {
    func load(_ pointer: UnsafePointer<Float>) -> TileVector
    func store(_ vector: TileVector, _ pointer: UnsafeMutablePointer<Float>)
}

struct WholeVector: LaneAccess {
    @inline(__always)
    func load(_ pointer: UnsafePointer<Float>) -> TileVector {
        UnsafeRawPointer(pointer).loadUnaligned(as: TileVector.self)
    }

    @inline(__always)
    func store(_ vector: TileVector, _ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: TileVector.self)
    }
}

/// The first lanes of a vector; the others are zero.
struct PartVector: LaneAccess {
    let lanes: Int

    @inline(never)
    func load(_ pointer: UnsafePointer<Float>) -> TileVector {
        var vector = TileVector()
        for lane in 0..<lanes { vector[lane] = pointer[lane] }
        return vector
    }

    @inline(never)
    func store(_ vector: TileVector, _ pointer: UnsafeMutablePointer<Float>) {
        for lane in 0..<lanes { pointer[lane] = vector[lane] }
    }
}
