import CVector
import VectorInterface

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func transformInput(
        pixels: UnsafePointer<UnsafePointer<Float>>, channels: Int,
        into planes: UnsafeMutablePointer<Float>, planeStride: Int, panelStride: Int
    ) {
        forEachTileVector(of: channels, panelStride: panelStride) { access, channel, offset in
            transformInput(
                access, pixels, channel, Planes(base: planes + offset, stride: planeStride))
        } part: { access, channel, offset in
            transformInput(
                access, pixels, channel, Planes(base: planes + offset, stride: planeStride))
        }
    }

    @inline(__always)
    private static func transformInput<Access: LaneAccess>(
        _ access: Access, _ pixels: UnsafePointer<UnsafePointer<Float>>, _ start: Int,
        _ planes: Planes
    ) {
        @inline(__always)
        func column(_ number: Int) -> Six {
            inputTransform(
                (
                    access.load(pixels[number] + start), access.load(pixels[6 + number] + start),
                    access.load(pixels[12 + number] + start),
                    access.load(pixels[18 + number] + start),
                    access.load(pixels[24 + number] + start),
                    access.load(pixels[30 + number] + start)
                ))
        }
        let columns = (column(0), column(1), column(2), column(3), column(4), column(5))
        let rows = transposed(columns)
        planes.store(access, inputTransform(rows.0), row: 0)
        planes.store(access, inputTransform(rows.1), row: 1)
        planes.store(access, inputTransform(rows.2), row: 2)
        planes.store(access, inputTransform(rows.3), row: 3)
        planes.store(access, inputTransform(rows.4), row: 4)
        planes.store(access, inputTransform(rows.5), row: 5)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func addInputGradient(
        _ planes: UnsafePointer<Float>, planeStride: Int, panelStride: Int, channels: Int,
        into pixels: UnsafePointer<UnsafeMutablePointer<Float>>
    ) {
        let source = UnsafeMutablePointer(mutating: planes)
        forEachTileVector(of: channels, panelStride: panelStride) { access, channel, offset in
            addInputGradient(
                access, Planes(base: source + offset, stride: planeStride), pixels, channel)
        } part: { access, channel, offset in
            addInputGradient(
                access, Planes(base: source + offset, stride: planeStride), pixels, channel)
        }
    }

    @inline(__always)
    private static func addInputGradient<Access: LaneAccess>(
        _ access: Access, _ planes: Planes, _ pixels: UnsafePointer<UnsafeMutablePointer<Float>>,
        _ start: Int
    ) {
        @inline(__always)
        func column(_ number: Int) -> Six {
            inputGradientTransform(planes.column(access, number))
        }
        @inline(__always)
        func add(_ row: Int, _ values: Six) {
            let targets = pixels + 6 &* row
            increase(access, targets[0] + start, by: values.0)
            increase(access, targets[1] + start, by: values.1)
            increase(access, targets[2] + start, by: values.2)
            increase(access, targets[3] + start, by: values.3)
            increase(access, targets[4] + start, by: values.4)
            increase(access, targets[5] + start, by: values.5)
        }
        let columns = (column(0), column(1), column(2), column(3), column(4), column(5))
        let rows = transposed(columns)
        add(0, inputGradientTransform(rows.0))
        add(1, inputGradientTransform(rows.1))
        add(2, inputGradientTransform(rows.2))
        add(3, inputGradientTransform(rows.3))
        add(4, inputGradientTransform(rows.4))
        add(5, inputGradientTransform(rows.5))
    }

    @inline(__always)
    private static func increase<Access: LaneAccess>(
        _ access: Access, _ target: UnsafeMutablePointer<Float>, by value: TileVector
    ) {
        access.store(access.load(target) + value, target)
    }
}

/// The 36 planes of a transformed block, seen from one tile's row in a panel of the first.
struct Planes {
    let base: UnsafeMutablePointer<Float>
    let stride: Int

    @inline(__always)
    func store<Access: LaneAccess>(_ access: Access, _ values: Six, row: Int) {
        let target = base + 6 &* row &* stride
        access.store(values.0, target)
        access.store(values.1, target + stride)
        access.store(values.2, target + 2 &* stride)
        access.store(values.3, target + 3 &* stride)
        access.store(values.4, target + 4 &* stride)
        access.store(values.5, target + 5 &* stride)
    }

    @inline(__always)
    func column<Access: LaneAccess>(_ access: Access, _ number: Int) -> Six {
        let source = base + number &* stride
        return (
            access.load(source), access.load(source + 6 &* stride),
            access.load(source + 12 &* stride), access.load(source + 18 &* stride),
            access.load(source + 24 &* stride), access.load(source + 30 &* stride)
        )
    }
}

@inline(__always)
func transposed(_ c: (Six, Six, Six, Six, Six, Six)) -> (Six, Six, Six, Six, Six, Six) {
    (
        (c.0.0, c.1.0, c.2.0, c.3.0, c.4.0, c.5.0), (c.0.1, c.1.1, c.2.1, c.3.1, c.4.1, c.5.1),
        (c.0.2, c.1.2, c.2.2, c.3.2, c.4.2, c.5.2), (c.0.3, c.1.3, c.2.3, c.3.3, c.4.3, c.5.3),
        (c.0.4, c.1.4, c.2.4, c.3.4, c.4.4, c.5.4), (c.0.5, c.1.5, c.2.5, c.3.5, c.4.5, c.5.5)
    )
}
